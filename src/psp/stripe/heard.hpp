// What an exchange with Stripe tells about Stripe.
#pragma once

#include <expected>

#include "http/client.hpp"
#include "psp/heard.hpp"

namespace florin::psp::stripe {

Heard heard_of(const std::expected<http::ClientAnswer, http::ClientFailure>& wire, WallTime now);

}  // namespace florin::psp::stripe
