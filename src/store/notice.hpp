// Events that are no payment's: what a merchant is told about its webhook endpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace florin::store {

enum class NoticeType : std::uint8_t {
    endpoint_disabled,  // it failed for days, or answered 410
    endpoint_test,      // asked for, and delivered to that endpoint alone
};
std::string_view to_string(NoticeType type);  // "webhook_endpoint.disabled"
std::optional<NoticeType> parse_notice_type(std::string_view text);

}  // namespace florin::store
