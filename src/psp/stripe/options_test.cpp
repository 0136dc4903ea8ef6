#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "psp/stripe/adapter.hpp"

namespace florin::psp::stripe {
namespace {

StripeOptions options_for(std::uint16_t port) {
    StripeOptions options;
    options.origin = http::Origin{.tls = false, .host = "127.0.0.1", .port = port};
    options.key = Secret("sk_test_123");
    return options;
}

TEST(Options, keys_fit_their_mode_and_plain_http_stays_on_this_machine) {
    struct Row {
        const char* key;
        bool live, tls;
        const char* host;
        bool good;
    };
    const Row rows[] = {
        {"sk_test_1", false, true, "api.stripe.com", true},
        {"rk_test_1", false, true, "api.stripe.com", true},
        {"sk_live_1", true, true, "api.stripe.com", true},
        {"rk_live_1", true, true, "api.stripe.com", true},
        {"sk_test_1", false, false, "127.0.0.1", true},
        {"sk_test_1", false, false, "localhost", true},
        {"sk_test_1", false, false, "api.stripe.com", false},
        {"sk_live_1", true, false, "127.0.0.1", false},
        {"sk_live_1", false, true, "api.stripe.com", false},
        {"sk_test_1", true, true, "api.stripe.com", false},
        {"pk_test_1", false, true, "api.stripe.com", false},
        {"sk_test_", false, true, "api.stripe.com", false},
        {"", false, true, "api.stripe.com", false},
        {"sk_test_1\r\nX: y", false, true, "api.stripe.com", false},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(std::string(row.key) + " " + row.host);
        auto options = options_for(443);
        options.live = row.live;
        options.origin = http::Origin{.tls = row.tls, .host = row.host, .port = 443};
        options.key = Secret(row.key);
        const auto checked = check_options(options);
        EXPECT_EQ(checked.has_value(), row.good);
    }
}

TEST(Options, a_refusal_never_shows_the_key) {
    auto options = options_for(443);
    options.key = Secret("sk_live_topsecret");
    const auto checked = check_options(options);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().detail.find("topsecret"), std::string::npos);
}

TEST(Options, the_looks_at_a_refund_grow) {
    const std::vector<std::pair<std::vector<int>, bool>> rows = {
        {{}, true}, {{1}, true}, {{1, 2, 5}, true}, {{0}, false}, {{-1}, false}, {{2, 2}, false}, {{2, 1}, false}};
    for (const auto& [hours, good] : rows) {
        auto options = options_for(443);
        options.refund_looks.clear();
        for (const int count : hours) options.refund_looks.emplace_back(std::chrono::hours(count));
        EXPECT_EQ(check_options(options).has_value(), good);
    }
    EXPECT_EQ(options_for(443).refund_looks.size(), 6U);
}

TEST(Options, names_and_figures_are_checked) {
    for (const auto* name : {"", "Main", "a:b", "a b"}) {
        auto options = options_for(443);
        options.account = name;
        EXPECT_FALSE(check_options(options).has_value()) << name;
    }
    auto options = options_for(443);
    options.connections = 0;
    EXPECT_FALSE(check_options(options).has_value());
    options = options_for(443);
    options.read_lag = Milliseconds(-1);
    EXPECT_FALSE(check_options(options).has_value());
}

TEST(Rules, are_those_of_the_write_protocol) {
    boost::asio::io_context loop;
    const auto psp = make_stripe(loop.get_executor(), options_for(443), nullptr).value();
    EXPECT_EQ(psp->rules().name, "stripe");
    EXPECT_EQ(psp->rules().safe_age, std::chrono::hours(20));
    EXPECT_GE(psp->rules().longest_request, std::chrono::hours(1));
    EXPECT_EQ(psp->rules().read_lag, Milliseconds(10'000));
    EXPECT_TRUE(psp->rules().repeats_are_safe());
    EXPECT_LT(psp->rules().safe_age + psp->rules().longest_request + psp->rules().clock_error, psp->rules().key_life);
}

TEST(Rules, an_account_that_forgets_errors_is_never_sent_a_key_twice) {
    boost::asio::io_context loop;
    auto options = options_for(443);
    options.stores_errors = false;
    const auto psp = make_stripe(loop.get_executor(), options, nullptr).value();
    EXPECT_FALSE(psp->rules().repeats_are_safe());
    EXPECT_EQ(psp->rules().proofs.front(), Proof::look_up);
    options.live = true;
    options.key = Secret("sk_live_1");
    options.origin = http::Origin{.tls = true, .host = "api.stripe.com", .port = 443};
    const auto refused = check_options(options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().detail.find("Stripe stores errors"), std::string::npos);
}

}  // namespace
}  // namespace florin::psp::stripe
