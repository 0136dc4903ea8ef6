// Every setting reaches the service that it is about. A command that settles by other rules than the gateway books as
// proof what is none.
#include "cli/configured.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "cli/psp_accounts.hpp"

namespace florin::cli {
namespace {

config::StripeAccount stand_in() {
    config::StripeAccount account;
    account.name = "second";
    account.base_url = "http://127.0.0.1:9";
    account.secret_key = Secret("sk_test_1");
    account.read_lag = Milliseconds(1'234);
    account.stores_errors = false;
    account.refund_looks = {std::chrono::hours(2), std::chrono::hours(5)};
    account.fee = {.basis_points = 290, .fixed = 30};
    account.fees["EUR"] = {.basis_points = 150, .fixed = 25};
    return account;
}

TEST(Configured, an_account_of_stripe_is_as_its_section_says) {
    const auto options = stripe_options(stand_in(), false).value();
    EXPECT_EQ(options.account, "second");
    EXPECT_FALSE(options.live);
    EXPECT_EQ(options.origin.port, 9);
    EXPECT_EQ(options.key.expose(), "sk_test_1");
    EXPECT_EQ(options.read_lag, Milliseconds(1'234));
    EXPECT_FALSE(options.stores_errors);
    EXPECT_EQ(options.refund_looks, (std::vector<Milliseconds>{std::chrono::hours(2), std::chrono::hours(5)}));
    EXPECT_TRUE(stripe_options(stand_in(), true)->live);
    auto lost = stand_in();
    lost.base_url = "stripe";
    EXPECT_FALSE(stripe_options(lost, false).has_value());
}

TEST(Configured, a_command_talks_to_the_account_by_the_rules_that_the_gateway_has) {
    config::Config config;
    config.stripe_test = stand_in();
    boost::asio::io_context loop;
    const auto accounts = psp_accounts(loop.get_executor(), config);
    ASSERT_EQ(accounts.size(), 1U);
    const auto& rules = accounts[0].psp->rules();
    EXPECT_FALSE(rules.stores_errors);
    EXPECT_EQ(rules.refund_looks, stand_in().refund_looks);
    EXPECT_EQ(rules.read_lag, stand_in().read_lag);

    const auto wired = flow_account(*accounts[0].psp, stand_in(), false);
    EXPECT_EQ(wired.account, (ledger::PspAccount{.psp = "stripe", .name = "second", .live = false}));
    EXPECT_EQ(wired.default_fee.basis_points, 290);
    EXPECT_EQ(wired.default_fee.fixed, 30);
    EXPECT_EQ(wired.fees.at("EUR").basis_points, 150);
}

TEST(Configured, a_lease_outlasts_the_call_that_it_covers) {
    config::Config config;
    config.answer_within = Milliseconds(1);
    config.psp_deadline = Milliseconds(2'000);
    config.execute_for = Milliseconds(3);
    config.abandon_after = Milliseconds(4);
    config.resolver_per_second = 5;
    const auto options = flow_options(config);
    EXPECT_EQ(options.answer_within, Milliseconds(1));
    EXPECT_EQ(options.psp_deadline, Milliseconds(2'000));
    EXPECT_GE(options.lease, options.psp_deadline + std::chrono::seconds(10));
    EXPECT_EQ(options.execute_for, Milliseconds(3));
    EXPECT_EQ(options.abandon_after, Milliseconds(4));
    EXPECT_EQ(options.resolver_per_second, 5);
}

}  // namespace
}  // namespace florin::cli
