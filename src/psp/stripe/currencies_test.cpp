#include "psp/stripe/currencies.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>

namespace florin::psp::stripe {
namespace {

struct Row {
    const char* currency;
    std::int64_t minor;   // ISO 4217 minor units, as merchants send them
    std::int64_t stripe;  // 0: refused
    const char* refusal = "";
};

// What the merchant means ("5 UGX") and the integer that makes Stripe charge just that.
constexpr Row kGolden[] = {
    {"USD", 1000, 1000},
    {"EUR", 1, 1},
    {"EUR", 99'999'999, 99'999'999},
    {"HUF", 1045, 1045},
    {"TWD", 1045, 1045},
    // No decimals at either.
    {"BIF", 500, 500},
    {"CLP", 500, 500},
    {"DJF", 500, 500},
    {"GNF", 500, 500},
    {"JPY", 500, 500},
    {"KMF", 500, 500},
    {"KRW", 500, 500},
    {"PYG", 500, 500},
    {"RWF", 500, 500},
    {"VND", 500, 500},
    {"VUV", 500, 500},
    {"XAF", 500, 500},
    {"XOF", 500, 500},
    {"XPF", 500, 500},
    // Two decimals in ISO 4217, none at Stripe.
    {"MGA", 50'000, 500},
    {"MGA", 50'020, 0, "invalid_amount"},
    // None in ISO 4217, two at Stripe.
    {"ISK", 5, 500},
    {"UGX", 5, 500},
    {"UGX", 999'999, 99'999'900},
    {"UGX", 1'000'000, 0, "amount_too_large"},
    // Three decimals whose last is 0.
    {"BHD", 5120, 5120},
    {"JOD", 5120, 5120},
    {"KWD", 5120, 5120},
    {"OMR", 5120, 5120},
    {"TND", 5120, 5120},
    {"KWD", 5124, 0, "invalid_amount"},
    {"KWD", 1, 0, "invalid_amount"},
    // Not at Stripe.
    {"IQD", 5120, 0, "currency_not_supported"},
    {"LYD", 5120, 0, "currency_not_supported"},
    {"CLF", 50'000, 0, "currency_not_supported"},
    {"UYW", 50'000, 0, "currency_not_supported"},
    {"USD", 0, 0, "amount_too_small"},
    {"USD", -1, 0, "amount_too_small"},
    {"USD", INT64_MIN, 0, "amount_too_small"},
    {"USD", 100'000'000, 0, "amount_too_large"},
    {"ISK", INT64_MAX, 0, "amount_too_large"},
};

TEST(Currencies, amounts_are_sent_as_stripe_counts_them) {
    for (const auto& row : kGolden) {
        SCOPED_TRACE(std::string(row.currency) + " " + std::to_string(row.minor));
        const auto currency = Currency::parse(row.currency);
        ASSERT_TRUE(currency.has_value());
        const auto amount = stripe_amount(Money{row.minor, *currency});
        EXPECT_EQ(amount.value_or(0), row.stripe);
        if (amount) {
            EXPECT_EQ(minor_units(*amount, *currency), row.minor);
            continue;
        }
        EXPECT_EQ(amount.error().code, row.refusal);
        EXPECT_EQ(amount.error().type, payments::DeclineClass::invalid_request);
    }
}

TEST(Currencies, only_the_listed_ones_differ_from_iso_4217) {
    const std::set<std::string> differ = {"MGA", "ISK", "UGX"};
    for (const auto currency : Currency::all()) {
        SCOPED_TRACE(currency.code());
        const auto amount = stripe_amount(Money{100'000, currency});
        if (!amount) {
            // UYI counts index units without decimals, and nobody pays with a card in them.
            EXPECT_TRUE(currency.exponent() >= 3 || currency.code() == "UYI");
        } else {
            EXPECT_EQ(*amount != 100'000, differ.contains(std::string(currency.code())));
        }
    }
}

RC_GTEST_PROP(Currencies, what_was_sent_is_read_back, (std::int64_t minor)) {
    const auto currency = *rc::gen::elementOf(std::vector<Currency>(Currency::all().begin(), Currency::all().end()));
    const Money money{minor % 100'000'000, currency};
    const auto sent = stripe_amount(money);
    RC_PRE(sent.has_value());
    std::string lower(currency.code());
    for (char& c : lower) c = static_cast<char>(c | 0x20);
    RC_ASSERT(money_of(*sent, lower) == money);
}

TEST(Currencies, what_stripe_cannot_have_meant_is_no_amount) {
    EXPECT_EQ(money_of(500, "ugx"), (Money{5, *Currency::parse("UGX")}));
    for (const auto& [amount, currency] : std::vector<std::pair<std::int64_t, std::string_view>>{{0, "usd"},
                                                                                                 {-1, "usd"},
                                                                                                 {100'000'000, "usd"},
                                                                                                 {501, "ugx"},
                                                                                                 {1001, "kwd"},
                                                                                                 {100, "USD"},
                                                                                                 {100, "us"},
                                                                                                 {100, ""},
                                                                                                 {100, "xxx"},
                                                                                                 {100, "clf"}}) {
        EXPECT_FALSE(money_of(amount, currency)) << amount << currency;
    }
}

TEST(Currencies, what_is_no_whole_minor_unit_is_none) {
    EXPECT_EQ(minor_units(550, *Currency::parse("ISK")), std::nullopt);
    EXPECT_EQ(minor_units(500, *Currency::parse("CLF")), std::nullopt) << "not at Stripe";
    EXPECT_EQ(minor_units(INT64_MAX, *Currency::parse("MGA")), std::nullopt);
    EXPECT_EQ(minor_units(0, kUsd), 0);
}

RC_GTEST_PROP(Currencies, two_amounts_never_become_one, (std::int64_t a, std::int64_t b)) {
    const auto currency = *rc::gen::elementOf(std::vector<Currency>(Currency::all().begin(), Currency::all().end()));
    const auto first = stripe_amount(Money{a % 200'000'000, currency});
    const auto second = stripe_amount(Money{b % 200'000'000, currency});
    if (first && second) RC_ASSERT((*first == *second) == (a % 200'000'000 == b % 200'000'000));
    if (first) RC_ASSERT(*first >= 1 && *first <= 99'999'999);
}

}  // namespace
}  // namespace florin::psp::stripe
