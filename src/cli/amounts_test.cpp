#include "cli/amounts.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

#include "base/currency.hpp"

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

TEST(Amounts, are_read_with_all_decimals_of_their_currency_or_none) {
    EXPECT_EQ(parse_amount("10.00", "EUR"), 1000);
    EXPECT_EQ(parse_amount("10", "EUR"), 1000);
    EXPECT_EQ(parse_amount("0.07", "USD"), 7);
    EXPECT_EQ(parse_amount("1050", "JPY"), 1050);
    EXPECT_EQ(parse_amount("1.005", "KWD"), 1005);
    EXPECT_EQ(parse_amount("92233720368547758.07", "EUR"), std::numeric_limits<std::int64_t>::max());
    for (const auto* text : {"", ".", "10.", ".50", "10.0", "10.000", "1e3", "-1.00", "+1.00", "1,00", " 1", "1_0",
                             "0x1", "92233720368547758.08"}) {
        EXPECT_EQ(parse_amount(text, "EUR").error().detail, "an amount in EUR looks like 10.50") << text;
    }
    EXPECT_EQ(parse_amount("10.00", "JPY").error().detail, "an amount in JPY looks like 1050");
    EXPECT_EQ(parse_amount("10.00", "EURO").error().error, Error::currency_unknown);
}

TEST(Amounts, read_back_what_is_written) {
    rc::check([](std::uint32_t minor_units) {
        for (const std::string_view currency : {"EUR", "JPY", "KWD", "CLF"}) {
            if (!Currency::parse(currency)) continue;
            const auto text = amount_text(minor_units, currency);
            RC_ASSERT(parse_amount(text.substr(0, text.find(' ')), currency).value() == std::int64_t{minor_units});
        }
    });
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
