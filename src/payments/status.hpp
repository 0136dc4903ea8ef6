// What a payment's status follows from, and every change of it that a sale can make: one function and one table. The
// SQL domain of the audit rows and the diagram in the docs are printed from the table.
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
    {{Status::pending, Status::captured}, "approved"},
    {{Status::pending, Status::failed}, "declined or not executed"},
    {{Status::pending, Status::requires_action}, "the payer must act"},
    {{Status::requires_action, Status::pending}, "the payer acted and the PSP works on it"},
    {{Status::requires_action, Status::captured}, "approved after the payer acted"},
    {{Status::requires_action, Status::failed}, "declined or abandoned by the payer"},
    {{Status::failed, Status::pending}, "reopened after not executed"},
    {{Status::failed, Status::captured}, "late success adopted after not executed"},
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

// The one derivation. Money outranks the creating operation, a refund outranks a capture, `voided` only if nothing was
// captured; without money the creating operation's last attempt decides. Reservations (capturing, …) change nothing.
Status derive_status(const Amounts& amounts, AttemptState creation);

// "pending>captured", as the domain status_change stores it.
std::string to_string(const StatusChange& change);
// Every legal word, quoted for SQL: 'pending>captured', 'pending>failed', …
std::string status_change_domain();
// The table as a Mermaid state diagram.
std::string status_diagram();

}  // namespace florin::payments
