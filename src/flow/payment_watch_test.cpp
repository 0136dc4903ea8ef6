#include "flow/payment_watch.hpp"

#include "flow/flow_fixture.hpp"

namespace florin::flow {
namespace {

class PaymentWatchTest : public FlowTest {
protected:
    Gateway gateway{loop, psp, quick_options()};
    PaymentWatch watch{gateway.services};

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
        boost::asio::co_spawn(loop.io,
                              watch.wait(payment.id, payment.version, Deadline::after(wait), std::move(is_gone)),
                              [result](std::exception_ptr, Checked<bool> moved) { result->moved = std::move(moved); });
        return result;
    }
    bool ends(const std::shared_ptr<Result>& result) {
        return loop.until([&] { return result->moved.has_value(); });
    }
};

TEST_F(PaymentWatchTest, who_waits_is_told_when_another_process_settles_it) {
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

TEST_F(PaymentWatchTest, nothing_new_is_told_at_the_deadline) {
    const auto waiting = begin(open_payment(), Milliseconds{500});
    ASSERT_TRUE(ends(waiting));
    EXPECT_FALSE(waiting->moved->value());
}

TEST_F(PaymentWatchTest, who_has_gone_is_let_go) {
    const auto waiting = begin(open_payment(), Milliseconds{600'000}, [] { return true; });
    ASSERT_TRUE(ends(waiting));
    EXPECT_FALSE(waiting->moved->value());
}

TEST_F(PaymentWatchTest, a_stopping_process_lets_all_go_and_takes_no_more) {
    const auto payment = open_payment();
    const auto waiting = begin(payment, Milliseconds{600'000});
    loop.wait_for(pause(loop.io.get_executor(), Milliseconds{50}));
    watch.stop();
    EXPECT_TRUE(ends(waiting));
    EXPECT_TRUE(ends(begin(payment, Milliseconds{600'000})));
}

TEST_F(PaymentWatchTest, a_bounded_number_may_wait) {
    const auto payment = open_payment();
    std::vector<std::shared_ptr<Result>> all;
    for (int i = 0; i < 2'000; ++i) all.push_back(begin(payment, Milliseconds{600'000}));
    loop.wait_for(pause(loop.io.get_executor(), Milliseconds{50}));
    const auto one_more = begin(payment, Milliseconds{600'000});
    ASSERT_TRUE(ends(one_more));
    EXPECT_EQ(one_more->moved->error().error, Error::overloaded);
    watch.stop();
    EXPECT_TRUE(
        loop.until([&] { return std::ranges::all_of(all, [](const auto& one) { return one->moved.has_value(); }); }));
}

}  // namespace
}  // namespace florin::flow
