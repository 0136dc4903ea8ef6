// W-15: all sources of one fact at once give one end and one posting.
#include <gmock/gmock.h>

#include "flow/event_fixture.hpp"

namespace florin::flow {
namespace {

class EventRacesTest : public EventTest {
protected:
    Gateway other{loop, psp, quick_options()};

    // Passes of both gateways' event workers at the same time as the other's resolver.
    void work_everywhere() {
        std::size_t ended = 0;
        std::vector<std::unique_ptr<PspEvents>> workers;
        for (auto* gateway_ : {&gateway, &other}) {
            workers.push_back(std::make_unique<PspEvents>(gateway_->services, gateway_->accounts.all.front()));
            boost::asio::co_spawn(loop.io, workers.back()->pass(), [&](std::exception_ptr, Milliseconds) { ++ended; });
        }
        EXPECT_TRUE(loop.until([&] { return ended == workers.size(); }));
        for (auto& worker : workers) loop.wait_for(worker->finish());
    }
    std::string results_of(PaymentId payment) {
        return Database::shared().run("select count(*)::text from operation_results where payment_id = '" +
                                      to_string(payment.uuid()) + "'");
    }
};

// W-15: the call's own answer, two events of one fact at two workers, and the resolver.
TEST_F(EventRacesTest, the_answer_two_events_and_the_resolver_post_once) {
    for (int round = 0; round < 20; ++round) {
        const auto key = "race-" + std::to_string(round);
        ScriptedPsp slow{loop.io.get_executor()};
        Gateway caller{loop, slow, quick_options()};
        slow.hold_next();
        const auto pending = caller.begin(command(key, 1000));
        ASSERT_TRUE(loop.until([&] { return slow.calls.size() == 1; }));
        const auto payment = stored(gateway, key).payment.id;
        const auto sale = creation_of(payment);
        hear("payment_intent.succeeded", intent(sale, status("succeeded")));
        hear("charge.succeeded", charge(sale, captured_charge(0)));
        end_leases();
        other.start_worker();
        // In every other round the answer comes at last, else in the middle of it all.
        if (round % 2 == 0) slow.release();
        work_everywhere();
        slow.release();
        ASSERT_TRUE(loop.until([&] { return pending->is_done(); }));
        other.stop_worker();
        work_off();
        ASSERT_TRUE(pending->answer && *pending->answer);
        EXPECT_EQ((*pending->answer)->status, 200);
        EXPECT_EQ(gateway.send(command(key, 1000))->body, (*pending->answer)->body);
        EXPECT_EQ(journals(payment), "1:1");
        EXPECT_EQ(results_of(payment), "1");
        const auto audit = loop.wait_for(gateway.store.audit_of(payment, Deadline::after(kPatience)));
        ASSERT_EQ(audit.size(), 2U);
        EXPECT_EQ(audit[1].to, "captured");
    }
    EXPECT_EQ(parked_events(), "0");
}

TEST_F(EventRacesTest, captures_and_a_refund_of_one_payment_that_settle_together_post_once_each) {
    const auto payment = authorized(100, true);
    ASSERT_EQ(gateway.send(capture("first", payment, 50))->status, 200);
    psp.answers = {unclear(), unclear(), unclear()};
    ASSERT_EQ(gateway.send(capture("second", payment, 30))->status, 202);
    ASSERT_EQ(gateway.send(capture("third", payment, 20))->status, 202);
    ASSERT_EQ(gateway.send(refund("refund", payment, 40))->status, 202);
    const auto hold = creation_of(payment);
    hear("charge.captured", charge(hold, captured_charge(0)));
    hear("payment_intent.succeeded", intent(hold, status("succeeded")));
    hear("refund.created", refund_of(hold, last_of(payment), status("succeeded")));
    hear("charge.refunded", charge(hold, captured_charge(40)));
    end_leases();
    other.start_worker();
    work_everywhere();
    work_off();
    ASSERT_TRUE(eventually([&] { return !amounts(payment).has_open(); }));
    other.stop_worker();
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100, .refunded = 40}));
    EXPECT_EQ(journals(payment), "1:3 2:1 3:3 4:1");
    EXPECT_EQ(parked_events(), "0");
}

}  // namespace
}  // namespace florin::flow
