// A payment: the merchant's intent, as it stands now. Pure data; the rules that change it are in operation.hpp and
// modification.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/money.hpp"

namespace florin::payments {

enum class Status : std::uint8_t {
    pending,
    requires_action,
    authorized,
    partially_captured,
    captured,
    partially_refunded,
    refunded,
    voided,
    expired,
    failed,
};
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);

// Minor units of the payment's currency. captured + capturing + voided + voiding + expired <= authorized, refunded +
// refunding <= captured: the database checks both.
struct Amounts {
    std::int64_t authorized = 0;
    std::int64_t capturing = 0;
    std::int64_t captured = 0;
    std::int64_t refunding = 0;
    std::int64_t refunded = 0;
    std::int64_t voiding = 0;
    std::int64_t voided = 0;
    std::int64_t expired = 0;  // released because capture_before passed; shown within voided_amount
    // What is held and not yet captured or released; open captures and voids are part of it.
    constexpr std::int64_t held() const { return authorized - captured - voided - expired; }
    // What open captures and voids leave of it, and what open refunds leave of the captured amount.
    constexpr std::int64_t free_to_capture() const { return held() - capturing - voiding; }
    constexpr std::int64_t free_to_refund() const { return captured - refunded - refunding; }
    constexpr bool has_open() const { return capturing > 0 || refunding > 0 || voiding > 0; }
    constexpr bool within_limits() const {
        return free_to_capture() >= 0 && free_to_refund() >= 0 &&
               std::min({capturing, captured, refunding, refunded, voiding, voided, expired}) >= 0;
    }
    bool operator==(const Amounts&) const = default;
};

// What the payer must do, shown as {"type":"redirect","url":"…"}.
struct NextAction {
    std::string url;
    bool operator==(const NextAction&) const = default;
};

using Metadata = std::map<std::string, std::string>;

struct Payment {
    PaymentId id;
    MerchantId merchant;
    bool live = false;
    Money amount;
    Amounts amounts;
    Status status = Status::pending;
    std::int32_t version = 1;  // shown as `sequence`: +1 at each change
    std::int32_t events = 0;   // how many of its changes are events: the last one's number
    std::string payment_method;
    bool capture = true;             // false: authorize only
    bool multiple_captures = false;  // wanted; once authorized: granted by the PSP. Otherwise a capture is final
    std::optional<std::string> description;
    Metadata metadata;
    std::optional<std::string> return_url;
    std::string psp;                           // "stripe"
    std::string psp_account{};                 // the account's name in the configuration; no other knows the payment
    std::optional<std::string> psp_reference;  // "pi_…", once known
    std::optional<std::string> failure_code;
    std::optional<std::string> failure_reason;
    std::optional<NextAction> next_action;
    std::optional<WallTime> capture_before;
    WallTime created_at;
    WallTime updated_at;
};

}  // namespace florin::payments
