#include "cli/amounts.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace florin::cli {
namespace {

TEST(Amounts, have_the_decimals_of_their_currency) {
    EXPECT_EQ(amount_text(3000, "EUR"), "30.00 EUR");
    EXPECT_EQ(amount_text(5, "USD"), "0.05 USD");
    EXPECT_EQ(amount_text(-5, "USD"), "-0.05 USD");
    EXPECT_EQ(amount_text(1050, "JPY"), "1050 JPY");
    EXPECT_EQ(amount_text(1, "KWD"), "0.001 KWD");
    EXPECT_EQ(amount_text(0, "EUR"), "0.00 EUR");
    EXPECT_EQ(amount_text(std::numeric_limits<std::int64_t>::min(), "EUR"), "-92233720368547758.08 EUR");
}

TEST(Sums, are_kept_per_currency) {
    Sums sums;
    EXPECT_EQ(sums.to_text(), "nothing");
    sums.add(1000, "USD");
    sums.add(2000, "EUR");
    sums.add(200, "USD");
    EXPECT_EQ(sums.to_text(), "20.00 EUR, 12.00 USD");
    EXPECT_EQ(sums.to_json().at("USD"), 1200);
}

}  // namespace
}  // namespace florin::cli
