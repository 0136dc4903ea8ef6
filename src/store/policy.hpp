// What a merchant wants done with authorizations that are about to expire.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "payments/payment.hpp"

namespace florin::store {

enum class BeforeExpiry : std::uint8_t { none, capture, void_ };
std::string_view to_string(BeforeExpiry action);  // "none", "capture", "void"
std::optional<BeforeExpiry> parse_before_expiry(std::string_view text);

inline constexpr int kMostHoursAhead = 168;

struct ExpiryPolicy {
    BeforeExpiry action = BeforeExpiry::none;
    int hours_ahead = 24;  // 1 to kMostHoursAhead, of capture_before
    bool operator==(const ExpiryPolicy&) const = default;
};

// An authorization whose merchant's policy is due.
struct PolicyDue {
    payments::Payment payment;
    BeforeExpiry action;
};

}  // namespace florin::store
