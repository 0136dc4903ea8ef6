#include "cli/merchant_options.hpp"

#include <gtest/gtest.h>

namespace florin::cli {
namespace {

TEST(MerchantOptions, fees_are_read_per_currency) {
    MerchantOptions options{.name = "Shop", .fee_basis_points = 290, .fees = {"EUR=150+25", "JPY=300+0"}};
    const auto merchant = new_merchant(options);
    EXPECT_EQ(merchant.name, "Shop");
    EXPECT_EQ(merchant.default_fee, (ledger::FeeRule{290, 0}));
    EXPECT_EQ(merchant.fees.at("EUR"), (ledger::FeeRule{150, 25}));
    EXPECT_EQ(merchant.fees.at("JPY"), (ledger::FeeRule{300, 0}));
    for (const auto* fee : {"EUR", "EUR=150", "150+25", "EUR=+25", "EUR=10001+0", "EUR=1+1000001", "EUR=-1+0",
                            "EUR=1.5+0", "eur=1+1", "XXX=1+1", "EUR+1=1", "EUR=1+1 "}) {
        EXPECT_THROW(new_merchant({.name = "Shop", .fees = {fee}}), UsageError) << fee;
    }
}

TEST(MerchantOptions, a_change_says_only_what_was_named) {
    EXPECT_EQ(change_of({}).name, std::nullopt);
    EXPECT_TRUE(change_of({}).fees.empty());
    const auto change = change_of({.fees = {"EUR=1+2"}, .no_fees = {"USD"}, .no_limit = true});
    EXPECT_EQ(change.fees.at("EUR"), (ledger::FeeRule{1, 2}));
    EXPECT_EQ(change.fees.at("USD"), std::nullopt);
    ASSERT_TRUE(change.limit.has_value());
    EXPECT_FALSE(change.limit->has_value());
    EXPECT_EQ(**change_of({.requests_per_second = 5, .burst = 9}).limit, (store::RateLimit{5, 9}));
}

TEST(MerchantOptions, halves_and_contradictions_are_refused) {
    EXPECT_THROW(new_merchant({.name = "Shop", .burst = 5}), UsageError);
    for (const std::string& name : {std::string(), std::string(101, 'a'), std::string("\xff")}) {
        EXPECT_THROW(new_merchant({.name = name}), UsageError);
        EXPECT_THROW(change_of({.name = name}), UsageError);
    }
    EXPECT_THROW(change_of({.requests_per_second = 5}), UsageError);
    EXPECT_THROW(change_of({.fee_fixed = 5}), UsageError);
    EXPECT_THROW(change_of({.fees = {"EUR=1+2"}, .no_fees = {"EUR"}}), UsageError);
    EXPECT_THROW(change_of({.requests_per_second = 5, .burst = 9, .no_limit = true}), UsageError);
}

}  // namespace
}  // namespace florin::cli
