// What a payment's status follows from, and every change of it that operations can make: one function and one table.
// The SQL domain of the audit rows and the diagram in the docs are printed from the table.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "payments/attempt_life.hpp"
#include "payments/payment.hpp"

namespace florin::payments {

struct StatusChange {
    Status from;
    Status to;
    bool operator==(const StatusChange&) const = default;
};

struct StatusChangeRow {
    StatusChange change;
    std::string_view because;
};

// There is no row for the creation: the attempt's row is its evidence.
inline constexpr auto kStatusChanges = std::to_array<StatusChangeRow>({
    {{Status::pending, Status::authorized}, "authorization approved"},
    {{Status::pending, Status::captured}, "sale approved"},
    {{Status::pending, Status::failed}, "declined or not executed"},
    {{Status::pending, Status::requires_action}, "the payer must act"},
    {{Status::requires_action, Status::pending}, "the payer acted and the PSP works on it"},
    {{Status::requires_action, Status::authorized}, "authorized after the payer acted"},
    {{Status::requires_action, Status::captured}, "sale approved after the payer acted"},
    {{Status::requires_action, Status::failed}, "declined or abandoned by the payer"},
    {{Status::failed, Status::pending}, "reopened after not executed"},
    {{Status::failed, Status::authorized}, "late authorization adopted after not executed"},
    {{Status::failed, Status::captured}, "late sale adopted after not executed"},
    {{Status::authorized, Status::captured}, "all captured"},
    {{Status::authorized, Status::partially_captured}, "a part captured"},
    {{Status::authorized, Status::voided}, "voided"},
    {{Status::authorized, Status::expired}, "capture_before passed"},
    {{Status::partially_captured, Status::captured}, "the rest captured"},
    {{Status::partially_captured, Status::partially_refunded}, "a part refunded"},
    {{Status::partially_captured, Status::refunded}, "all that was captured refunded"},
    {{Status::partially_captured, Status::authorized}, "the only capture failed later"},
    {{Status::captured, Status::partially_refunded}, "a part refunded"},
    {{Status::captured, Status::refunded}, "all refunded"},
    {{Status::captured, Status::partially_captured}, "one of its captures failed later"},
    {{Status::captured, Status::authorized}, "its only capture failed later"},
    {{Status::partially_refunded, Status::refunded}, "the rest refunded"},
    {{Status::partially_refunded, Status::captured}, "the only refund failed later"},
    {{Status::partially_refunded, Status::partially_captured}, "the only refund failed later"},
    {{Status::refunded, Status::partially_refunded}, "one of its refunds failed later, or more was captured"},
    {{Status::refunded, Status::captured}, "its only refund failed later"},
    {{Status::refunded, Status::partially_captured}, "its only refund failed later"},
});

constexpr bool is_legal(StatusChange change) {
    return std::ranges::find(kStatusChanges, change, &StatusChangeRow::change) != kStatusChanges.end();
}

constexpr bool has_no_ambiguous_row(const decltype(kStatusChanges)& rows) {
    return std::ranges::all_of(rows, [&](const StatusChangeRow& row) {
        return std::ranges::count(rows, row.change, &StatusChangeRow::change) == 1 && row.change.from != row.change.to;
    });
}
static_assert(has_no_ambiguous_row(kStatusChanges));
static_assert(!is_legal({Status::captured, Status::failed}) && !is_legal({Status::captured, Status::pending}));
static_assert(std::ranges::none_of(kStatusChanges, [](const StatusChangeRow& row) {
    return row.change.from == Status::voided || row.change.from == Status::expired;
}));

// The one derivation. Money outranks the creating operation, a refund outranks a capture; `voided` and `expired` only
// if nothing is captured or held, and `expired` where any part of it expired. Without money the creating operation's
// last attempt decides. Reservations (capturing, …) change nothing.
Status derive_status(const Amounts& amounts, AttemptState creation);

// "pending>captured", as the domain status_change stores it.
std::string to_string(const StatusChange& change);
// Every legal word, quoted for SQL: 'pending>captured', 'pending>failed', …
std::string status_change_domain();
// The table as a Mermaid state diagram.
std::string status_diagram();

}  // namespace florin::payments
