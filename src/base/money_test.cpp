#include "base/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

namespace florin {
namespace {

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();

TEST(Money, adding_two_currencies_is_refused) {
    EXPECT_EQ(add(Money{1, kEur}, Money{1, kJpy}).error(), Error::currency_mismatch);
    EXPECT_EQ(subtract(Money{1, kEur}, Money{1, kUsd}).error(), Error::currency_mismatch);
}

TEST(Money, what_does_not_fit_is_refused) {
    EXPECT_EQ(add(Money{kMost, kEur}, Money{1, kEur}).error(), Error::overflow);
    EXPECT_EQ(subtract(Money{kLeast, kEur}, Money{1, kEur}).error(), Error::overflow);
    EXPECT_EQ(add(Money{kMost, kEur}, Money{0, kEur}), (Money{kMost, kEur}));
}

RC_GTEST_PROP(MoneyProperty, what_was_added_can_be_taken_away, (std::int64_t a, std::int64_t b)) {
    const auto sum = add(Money{a, kUsd}, Money{b, kUsd});
    const __int128 exact = static_cast<__int128>(a) + b;
    RC_ASSERT(sum.has_value() == (exact >= kLeast && exact <= kMost));
    if (!sum) return;
    RC_ASSERT(sum->minor_units() == exact);
    RC_ASSERT((subtract(*sum, Money{b, kUsd}) == Money{a, kUsd}));
}

TEST(Currency, exponents_are_those_of_iso_4217) {
    const std::pair<const char*, int> cases[] = {
        {"EUR", 2}, {"USD", 2}, {"GBP", 2}, {"MGA", 2}, {"JPY", 0}, {"KRW", 0}, {"ISK", 0}, {"UGX", 0},
        {"CLP", 0}, {"VND", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3}, {"IQD", 3}, {"JOD", 3},
        {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4}, {"UYI", 0},
    };
    for (const auto& [code, exponent] : cases) {
        const auto currency = Currency::parse(code);
        ASSERT_TRUE(currency) << code;
        EXPECT_EQ(currency->exponent(), exponent) << code;
    }
    const auto with = [](int exponent) { return std::ranges::count(Currency::all(), exponent, &Currency::exponent); };
    EXPECT_EQ(with(0), 17);
    EXPECT_EQ(with(3), 7);
    EXPECT_EQ(with(4), 2);
    EXPECT_EQ(with(0) + with(2) + with(3) + with(4), std::ssize(Currency::all()));
}

TEST(Currency, unknown_lower_case_test_and_retired_codes_are_no_currencies) {
    for (const char* code : {"",    "E",   "EU",  "eur", "Eur", "EURO", "XXX", "XTS", "XAU", "BTC", "DEM",
                             "HRK", "SLL", "ZWL", "ANG", "BGN", "CUC",  "BOV", "USN", "AAA", "ZZZ", "US$"}) {
        EXPECT_FALSE(Currency::parse(code)) << code;
    }
    EXPECT_FALSE(Currency::parse(std::string_view("EUR\0", 4)));
}

TEST(Currency, every_one_of_the_table_is_found_by_its_code) {
    for (const Currency& currency : Currency::all()) {
        EXPECT_EQ(Currency::parse(currency.code()), currency);
        EXPECT_EQ(currency.max_amount(), 99'999'999);
    }
    EXPECT_EQ(Currency::parse("KWD"), kKwd);
    EXPECT_EQ(Currency::parse("CLF"), kClf);
}

}  // namespace
}  // namespace florin
