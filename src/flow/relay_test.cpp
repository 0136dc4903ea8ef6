// The relay on PostgreSQL: payments of two gateways, each with writers of its own, and relays that race or die.
#include "events/relay.hpp"

#include <gmock/gmock.h>

#include "flow/flow_fixture.hpp"
#include "flow/signal.hpp"

namespace florin::flow {
namespace {

using events::Pass;

class RelayTest : public FlowTest {
protected:
    Gateway one{loop, psp, quick_options()};
    Gateway two{loop, psp, quick_options()};

    events::Relay relay_of(Gateway& gateway, events::RelayOptions options = {}) {
        return events::Relay(gateway.store.events(), clock, gateway.metrics, options);
    }
    std::int64_t number(const std::string& sql) { return std::stoll(Database::shared().run(sql)); }
    std::int64_t told() {
        return number("select count(*)::text from events where merchant_id = '" + to_string(merchant.id.uuid()) + "'");
    }
    PaymentId pay(Gateway& gateway, const std::string& key) {
        EXPECT_EQ(gateway.send(command(key))->status, 200);
        return stored(gateway, key).payment.id;
    }
    void refund(Gateway& gateway, const std::string& key, PaymentId payment) {
        EXPECT_EQ(gateway.send(modify(gateway, key, payment, {.kind = payments::OperationKind::refund, .amount = 10}))
                      ->status,
                  200);
    }
    // Sales and refunds that go from one gateway to the other, and so from one chain to the other.
    void make_history(int count) {
        for (int i = 0; i < count; ++i) {
            const auto key = std::to_string(i);
            const auto payment = pay(i % 2 ? one : two, key);
            refund(i % 2 ? two : one, key + "-a", payment);
            refund(one, key + "-b", payment);
            refund(two, key + "-c", payment);
        }
    }
    void expect_every_event_once_and_in_order() {
        EXPECT_EQ(
            number("select count(*)::text from (select sequence, row_number() over (partition by payment_id order by "
                   "id) as place from events) e where sequence <> place"),
            0);
        EXPECT_EQ(number("select count(*)::text from payments p where events <> "
                         "(select count(*) from events e where e.payment_id = p.id)"),
                  0);
    }
    void relay_all(events::Relay relay) {
        while (loop.wait_for(relay.relay_once()) != Pass::nothing) {
        }
    }
    SystemClock clock;
};

TEST_F(RelayTest, a_backlog_of_several_writers_is_told_in_each_payments_order) {
    relay_all(relay_of(one));
    make_history(6);
    EXPECT_GT(number("select count(distinct writer)::text from chain_links"), 1);
    relay_all(relay_of(two, {.links = 1}));
    EXPECT_EQ(told(), 24);
    expect_every_event_once_and_in_order();
}

TEST_F(RelayTest, two_relays_at_once_tell_everything_once) {
    bool is_over = false;
    int running = 2;
    const auto run = [&](Gateway& gateway) -> Task<void> {
        return
            [](events::Relay relay, boost::asio::any_io_executor executor, bool& is_over, int& running) -> Task<void> {
                while (!is_over) {
                    co_await relay.relay_once();
                    co_await pause(executor, Milliseconds(1));
                }
                --running;
            }(relay_of(gateway, {.links = 2}), gateway.services.executor, is_over, running);
    };
    boost::asio::co_spawn(loop.io, run(one), [](std::exception_ptr error) { EXPECT_FALSE(error); });
    boost::asio::co_spawn(loop.io, run(two), [](std::exception_ptr error) { EXPECT_FALSE(error); });
    make_history(8);
    EXPECT_TRUE(loop.until([&] { return told() == 32; }));
    is_over = true;
    ASSERT_TRUE(loop.until([&] { return running == 0; }));
    expect_every_event_once_and_in_order();
}

TEST_F(RelayTest, one_that_dies_before_its_commit_leaves_all_and_after_it_nothing) {
    relay_all(relay_of(one));
    make_history(1);
    const auto deadline = Deadline::after(kPatience);
    loop.wait_for(one.store.events().outbox(16, deadline));  // and nothing more
    relay_all(relay_of(two));
    EXPECT_EQ(told(), 4);
    relay_all(relay_of(one));
    EXPECT_EQ(told(), 4);
    expect_every_event_once_and_in_order();
}

TEST_F(RelayTest, the_worker_relays_and_says_so_in_its_metrics) {
    relay_all(relay_of(one));
    one.start_worker();
    pay(two, "k");
    EXPECT_TRUE(loop.until([&] { return told() == 1; }));
    EXPECT_TRUE(loop.until([&] { return one.metrics.render().contains("florin_events_relayed_total 1"); }));
    EXPECT_TRUE(one.metrics.render().contains("florin_relay_lag_seconds 0"));
}

}  // namespace
}  // namespace florin::flow
