#include "flow/psp_call.hpp"

#include <gtest/gtest.h>

#include "flow/gateway_fixture.hpp"

namespace florin::flow {
namespace {

class PspCallTest : public testing::Test {
protected:
    static psp::Call call() {
        const auto now = SystemClock().now();
        return {.payment = PaymentId::make(now, Bucket{}, false),
                .operation = OperationId::make(now, Bucket{}, false),
                .amount = Money{100, kEur},
                .payment_method = "pm_card_visa"};
    }
    psp::Sweep look_up(Deadline deadline) {
        const auto now = SystemClock().now();
        return loop.wait_for(send_look_up(psp, {.from = now, .to = now, .calls = {call()}}, deadline));
    }

    Loop loop;
    ScriptedPsp psp{loop.io.get_executor()};
};

// Rule 12
TEST_F(PspCallTest, past_its_deadline_nothing_is_sent_and_nothing_is_known) {
    const auto past = Deadline::after(Milliseconds{0});
    for (const auto& answer :
         {loop.wait_for(send_execute(psp, call(), past)), loop.wait_for(send_read(psp, "pi_1", call(), past)),
          loop.wait_for(send_abandon(psp, "pi_1", call(), past))}) {
        EXPECT_EQ(answer.kind, psp::Answer::Kind::unclear);
        EXPECT_NE(answer.evidence.find("deadline"), std::string::npos);
    }
    EXPECT_FALSE(look_up(past).complete);
    EXPECT_TRUE(psp.calls.empty() && psp.read_calls.empty() && psp.abandon_calls.empty());
    EXPECT_EQ(psp.look_ups, 0U);
}

TEST_F(PspCallTest, in_time_it_is_sent_once) {
    const auto deadline = Deadline::after(kPatience);
    EXPECT_EQ(loop.wait_for(send_execute(psp, call(), deadline)).kind, psp::Answer::Kind::approved);
    EXPECT_TRUE(look_up(deadline).complete);
    EXPECT_EQ(psp.calls.size(), 1U);
    EXPECT_EQ(psp.look_ups, 1U);
}

}  // namespace
}  // namespace florin::flow
