// What a PSP holds, as its own lists show it: for `florin verify --deep`, which compares it with the books. Nothing
// here decides about money.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/currency.hpp"
#include "base/id.hpp"

namespace florin::psp {

struct ListedCapture {
    OperationId operation;
    std::int64_t amount = 0;
};

// One object of the list. Amounts are in minor units of `currency`.
struct Listed {
    std::string reference;               // its own: pi_…, re_…
    std::string payment_reference{};     // of a refund: what it refunds
    std::optional<PaymentId> payment{};  // ours, from its metadata, where they parse
    std::optional<OperationId> operation{};
    std::int16_t attempt = 0;
    std::optional<Currency> currency{};
    std::int64_t amount = 0;
    bool is_open = false;                   // of a payment: it may still take what it has not yet
    std::int64_t held = 0;                  // of a payment
    std::int64_t moved = 0;                 // captured of a payment; given back by a refund that has not failed
    std::vector<ListedCapture> captures{};  // of a payment: those that name themselves
    WallTime created{};
    std::string unreadable{};  // why its figures cannot be read; they are zero then
};

struct ListQuery {
    enum class Of : std::uint8_t { payments, refunds } of = Of::payments;
    WallTime from, to;
    std::string after{};  // the last reference of the page before
};

struct ListedPage {
    std::vector<Listed> objects{};  // newest first
    std::string next{};             // `after` of the next page; empty: this was the last
};

}  // namespace florin::psp
