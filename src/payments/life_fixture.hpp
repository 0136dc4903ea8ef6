// A plain model of a payment's life: what is open, what succeeded and what may come again, kept beside the payment that
// the rules make of it.
#pragma once

#include <algorithm>
#include <tuple>
#include <vector>

#include "payments/modification.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::payments {

inline constexpr std::int64_t kAuthorized = 3;

struct Operation {
    OperationKind kind;
    std::int64_t amount;
    bool final;
    std::int64_t releases;
    auto operator<=>(const Operation&) const = default;
};

// The payment, and a plain model of what led to it: each list is sorted, so that equal states are found equal.
struct World {
    Payment payment;
    OperationKind creation;
    std::vector<Operation> open{};
    std::vector<Operation> succeeded{};     // captures and refunds, which the PSP may take back
    std::vector<Operation> not_executed{};  // their key may try again, or a late success is adopted
    std::int64_t voided = 0;
    std::int64_t expired = 0;
    std::int64_t memo = 0;  // what the books say is held

    // The payment and what is open: all that a decision and its consequences depend on.
    auto open_key() const {
        const Amounts& a = payment.amounts;
        return std::tuple(creation, payment.status, payment.failure_code, payment.multiple_captures, a.capturing,
                          a.captured, a.refunding, a.refunded, a.voiding, a.voided, a.expired, open);
    }
    auto key() const { return std::tuple_cat(open_key(), std::tuple(succeeded, not_executed)); }
};

inline void add(std::vector<Operation>& list, const Operation& operation) {
    list.insert(std::ranges::upper_bound(list, operation), operation);
}
inline std::vector<Operation> without(std::vector<Operation> list, std::size_t index) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
    return list;
}

inline std::int64_t sum(const std::vector<Operation>& list, std::initializer_list<OperationKind> kinds) {
    std::int64_t total = 0;
    for (const Operation& one : list) total += std::ranges::count(kinds, one.kind) * one.amount;
    return total;
}

inline Attempt attempt_of(const World& world, const Operation& operation) {
    return attempt_of(world.payment, operation.kind, operation.amount,
                      {.final = operation.final, .releases = operation.releases});
}

inline std::vector<ModificationRequest> all_requests() {
    std::vector<ModificationRequest> requests{{.kind = OperationKind::void_}, {.kind = OperationKind::expire}};
    for (std::int64_t amount = -1; amount <= kAuthorized + 1; ++amount) {
        const auto asked = amount < 0 ? std::nullopt : std::optional(amount);
        requests.push_back({.kind = OperationKind::refund, .amount = asked});
        for (const auto final : {std::optional<bool>{}, std::optional(true), std::optional(false)}) {
            requests.push_back({.kind = OperationKind::capture, .amount = asked, .final = final});
        }
    }
    return requests;
}

}  // namespace florin::payments
