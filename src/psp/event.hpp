// What a PSP tells by itself: a notification that something happened. An event is a hint that says where to look. It
// may be late, early, repeated, out of order or about somebody else; nothing is booked or failed on its word alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/money.hpp"

namespace florin::psp {

// What is worked off first when many wait.
enum class Weight : std::uint8_t {
    outcome,        // money may have moved, or will not
    informational,  // everything else, unknown types included
};

// What the object shows, as it was when the event was made.
enum class Says : std::uint8_t { succeeded, authorized, failed, canceled, processing, requires_action, other };

std::string_view to_string(Weight weight);
std::string_view to_string(Says says);

// What the event is about. Everything is as the PSP wrote it and may contradict what is stored here; a member that is
// absent, of another type or not exactly ours is empty.
struct Subject {
    std::string object{};                          // the PSP's word: "payment_intent", "charge", "refund"
    std::optional<std::string> payment_reference;  // the payment's object at the PSP (pi_…)
    std::optional<std::string> reference;          // the own object (pi_…, re_…, ch_…, dp_…)
    // From the metadata that every call sends along: of a refund's object its own, of a payment's and a charge's those
    // of the operation that created the payment.
    std::optional<PaymentId> payment{};
    std::optional<OperationId> operation{};
    std::optional<std::int16_t> attempt{};
    std::optional<Money> amount{};  // of the object as a whole, not of what was captured or refunded of it
    Says says = Says::other;
};

struct Event {
    std::string id;    // unique per PSP account and mode, for ever: 1 to 255 letters, digits and '_'
    std::string type;  // the PSP's word, "refund.failed": up to 100 characters, also one that nobody here knows
    bool live = false;
    WallTime created{};
    Weight weight = Weight::informational;
    std::optional<Subject> subject{};  // empty when the event is about nothing that we understand
};

}  // namespace florin::psp
