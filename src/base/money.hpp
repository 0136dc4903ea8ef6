// An exact amount in minor units. There is no operator+: adding can overflow or mix currencies, and both are the
// caller's business. There is no float anywhere.
#pragma once

#include <cstdint>

#include "base/currency.hpp"
#include "base/error.hpp"

namespace florin {

class Money {
public:
    constexpr Money(std::int64_t minor_units, Currency currency) : minor_units_(minor_units), currency_(currency) {}

    constexpr std::int64_t minor_units() const { return minor_units_; }
    constexpr Currency currency() const { return currency_; }
    constexpr bool operator==(const Money&) const = default;

private:
    std::int64_t minor_units_;
    Currency currency_;
};

constexpr Result<Money> add(Money a, Money b) {
    if (a.currency() != b.currency()) return std::unexpected(Error::currency_mismatch);
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.minor_units(), b.minor_units(), &sum)) return std::unexpected(Error::overflow);
    return Money{sum, a.currency()};
}

constexpr Result<Money> subtract(Money a, Money b) {
    if (a.currency() != b.currency()) return std::unexpected(Error::currency_mismatch);
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a.minor_units(), b.minor_units(), &difference)) return std::unexpected(Error::overflow);
    return Money{difference, a.currency()};
}

static_assert(add(Money{1, kEur}, Money{1, kJpy}).error() == Error::currency_mismatch);

}  // namespace florin
