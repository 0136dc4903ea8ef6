#include "flow/change_watch.hpp"

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class ChangeWatchTest : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};
    ChangeWatch watch{gateway.services};

    payments::Payment open_payment() {
        psp.answers = {unclear()};
        EXPECT_EQ(gateway.send(command("k"))->status, 202);
        return stored(gateway, "k").payment;
    }
    struct Result {
        std::optional<Checked<bool>> moved;
    };
    std::shared_ptr<Result> begin(const payments::Payment& payment, Milliseconds wait,
                                  std::function<bool()> is_gone = {}) {
        auto result = std::make_shared<Result>();
        const KnownPayment known{payment.id, payment.merchant, payment.version};
        boost::asio::co_spawn(loop.io, watch.wait(known, Deadline::after(wait), std::move(is_gone)),
                              [result](std::exception_ptr, Checked<bool> moved) { result->moved = std::move(moved); });
        return result;
    }
    bool ends(const std::shared_ptr<Result>& result) {
        return loop.until([&] { return result->moved.has_value(); });
    }
};

TEST_F(ChangeWatchTest, who_waits_is_told_when_another_process_settles_it) {
    const auto payment = open_payment();
    const auto waiting = begin(payment, kPatience);
    end_leases();
    Gateway other{loop, psp, quick_options()};
    other.start_worker();
    ASSERT_TRUE(ends(waiting));
    other.stop_worker();
    EXPECT_TRUE(waiting->moved->value());
    EXPECT_FALSE(has_open(read(gateway, payment.id)));
}

TEST_F(ChangeWatchTest, nothing_new_is_told_at_the_deadline) {
    const auto waiting = begin(open_payment(), Milliseconds{500});
    ASSERT_TRUE(ends(waiting));
    EXPECT_FALSE(waiting->moved->value());
}

TEST_F(ChangeWatchTest, who_has_gone_is_let_go) {
    const auto waiting = begin(open_payment(), Milliseconds{600'000}, [] { return true; });
    ASSERT_TRUE(ends(waiting));
    EXPECT_FALSE(waiting->moved->value());
}

TEST_F(ChangeWatchTest, a_stopping_process_lets_all_go_and_takes_no_more) {
    const auto payment = open_payment();
    const auto waiting = begin(payment, Milliseconds{600'000});
    loop.wait_for(pause(loop.io.get_executor(), Milliseconds{50}));
    watch.stop();
    EXPECT_TRUE(ends(waiting));
    EXPECT_TRUE(ends(begin(payment, Milliseconds{600'000})));
}

// One key that waits for everything would otherwise leave no place to anybody else.
TEST_F(ChangeWatchTest, a_bounded_number_may_wait_and_of_one_merchant_a_share_of_them) {
    auto payment = open_payment();
    std::vector<std::shared_ptr<Result>> all;
    const auto one_more = [&] {
        all.push_back(begin(payment, Milliseconds{600'000}));
        loop.wait_for(pause(loop.io.get_executor(), Milliseconds{0}));
        return all.back();
    };
    const auto error_of = [](const std::shared_ptr<Result>& result) { return result->moved->error().error; };
    for (int merchants = 0; merchants < 10; ++merchants) {
        payment.merchant = MerchantId::make(SystemClock().now(), Bucket{5}, false);
        for (int i = 0; i < 200; ++i) EXPECT_FALSE(one_more()->moved);
        const auto refused = one_more();
        ASSERT_TRUE(ends(refused));
        EXPECT_EQ(error_of(refused), merchants < 9 ? Error::rate_limited : Error::overloaded);
    }
    EXPECT_NE(gateway.metrics.render().find(R"(florin_rate_limited_total{by="merchant"} 9)"), std::string::npos);
    watch.stop();
    EXPECT_TRUE(
        loop.until([&] { return std::ranges::all_of(all, [](const auto& one) { return one->moved.has_value(); }); }));
}

}  // namespace
}  // namespace florin::flow
