// ISO 4217 currencies that can be charged, their minor-unit digits (0, 2, 3 or 4) and the largest amount accepted in
// one payment. Funds codes (but the index units CLF, UYI and UYW, in which prices are quoted), precious metals, test
// codes (XXX, XTS) and retired codes (HRK, SLL, ZWL, ANG, BGN, …) are unknown here.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace florin {

class Currency {
public:
    // Exactly three upper-case letters of the table; everything else is empty.
    static std::optional<Currency> parse(std::string_view code);
    static std::span<const Currency> all();  // sorted by code

    constexpr std::string_view code() const { return {code_.data(), 3}; }
    constexpr int exponent() const { return exponent_; }
    // The largest amount of one payment, minor units: eight digits, as Stripe's API accepts, the same in every
    // currency. The one place where a larger maximum of a currency would stand.
    constexpr std::int64_t max_amount() const { return 99'999'999; }

    constexpr bool operator==(const Currency&) const = default;
    constexpr auto operator<=>(const Currency&) const = default;

    // For the table and for constants below; the code is not checked.
    consteval Currency(const char (&code)[4], std::uint8_t exponent)
        : code_{code[0], code[1], code[2]}, exponent_(exponent) {}

private:
    std::array<char, 3> code_;
    std::uint8_t exponent_;
};

inline constexpr Currency kUsd{"USD", 2};
inline constexpr Currency kEur{"EUR", 2};
inline constexpr Currency kJpy{"JPY", 0};
inline constexpr Currency kKwd{"KWD", 3};
inline constexpr Currency kClf{"CLF", 4};

}  // namespace florin
