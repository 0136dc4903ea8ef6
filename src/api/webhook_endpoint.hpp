// What the handlers of a webhook endpoint share: whose it is, and its id in the path. An id of another merchant or mode
// is answered as a missing one.
#pragma once

#include <string_view>

#include "api/call.hpp"

namespace florin::api {

inline constexpr Milliseconds kWriteWithin{
    5'000};  // after the look-up of a name, which has taken of the call's own time

store::OwnerFilter owner_of(const store::Credential& credential);
Checked<WebhookEndpointId> webhook_endpoint_id(std::string_view text);

}  // namespace florin::api
