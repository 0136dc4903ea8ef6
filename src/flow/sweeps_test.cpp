#include "flow/sweeps.hpp"

#include <gtest/gtest.h>

#include "flow/gateway_fixture.hpp"
#include "flow/taken_fixture.hpp"

namespace florin::flow {
namespace {

class SweepsTest : public testing::Test {
protected:
    // Past its time fence, unless said otherwise.
    static store::Taken one(int name, bool past_fence = true) {
        auto taken = some_taken();
        taken.attempt.operation = OperationId::make(WallTime(std::chrono::seconds(name)), Bucket{}, false);
        taken.absence_proves = past_fence;
        taken.payment.psp_reference = "pi_1";
        return taken;
    }
    static std::string key_of(const store::Taken& taken) {
        return psp::idempotency_key(taken.attempt.operation, taken.attempt.number);
    }
    static psp::Sweep cut_off(std::string next) {
        return {.found = {}, .evidence = "timeout", .requests = 7, .next = std::move(next)};
    }
    static psp::Sweep whole() { return {.complete = true, .found = {}, .evidence = "whole"}; }

    // What each look shows, in the order of the parts.
    std::vector<psp::Sweep> look(std::vector<store::Taken> group) {
        std::vector<psp::Sweep> seen;
        for (auto& part : sweeps.parts(std::move(group), psp.table)) {
            seen.push_back(loop.wait_for(sweeps.look({.account = account, .call = Deadline::after(kPatience)}, part)));
        }
        return seen;
    }

    Loop loop;
    ScriptedPsp psp{loop.io.get_executor()};
    PspAccount account = account_at(psp);
    Sweeps sweeps;
    const store::Taken first = one(1), second = one(2);
};

TEST_F(SweepsTest, one_that_was_cut_off_goes_on_and_its_end_proves) {
    auto found = cut_off("pi_50");
    found.found.emplace(key_of(first), approved("pi_1"));
    psp.sweeps = {found, cut_off("pi_90"), whole()};
    EXPECT_TRUE(look({first, second}).at(0).found.contains(key_of(first))) << "what is found counts at once";
    EXPECT_FALSE(look({second}).at(0).complete);
    EXPECT_EQ(psp.last_look_up.begun.next, "pi_50");
    EXPECT_EQ(psp.last_look_up.calls.size(), 2U) << "for all that it was begun for";
    EXPECT_TRUE(look({second}).at(0).complete);
    EXPECT_EQ(psp.last_look_up.begun.next, "pi_90");
    EXPECT_EQ(psp.look_ups, 3U);
}

TEST_F(SweepsTest, who_comes_after_the_end_is_answered_from_what_was_read) {
    psp.sweeps = {cut_off("pi_50"), whole()};
    look({first, second});
    EXPECT_TRUE(look({first}).at(0).complete);
    const auto later = look({second}).at(0);
    EXPECT_TRUE(later.complete);
    EXPECT_EQ(later.requests, 0);
    EXPECT_EQ(psp.look_ups, 2U);
}

// Rule 7: a look-up that was begun earlier proves nothing, whenever it is used.
TEST_F(SweepsTest, who_joins_later_begins_one_of_his_own) {
    psp.sweeps = {cut_off("pi_50"), whole(), cut_off("pi_50")};
    look({first});
    const auto seen = look({first, second});
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_NE(seen[0].complete, seen[1].complete);
    EXPECT_EQ(psp.look_ups, 3U);
}

TEST_F(SweepsTest, one_that_was_begun_before_the_fence_never_proves) {
    psp.sweeps = {cut_off("pi_50"), whole(), whole()};
    auto before_it = first;
    before_it.absence_proves = false;
    look({before_it});
    EXPECT_FALSE(look({first}).at(0).complete) << "the fence was passed while it read";
    EXPECT_EQ(psp.last_look_up.begun.next, "pi_50");
    EXPECT_TRUE(look({first}).at(0).complete) << "a new one";
    EXPECT_EQ(psp.last_look_up.begun.next, "");
}

TEST_F(SweepsTest, what_may_have_been_sent_again_since_begins_anew) {
    psp.sweeps = {cut_off("pi_50"), cut_off("pi_50")};
    look({first});
    auto sent = first;
    sent.send_until += std::chrono::seconds(30);
    look({sent});
    EXPECT_EQ(psp.last_look_up.begun.next, "");
}

TEST_F(SweepsTest, those_past_their_fence_do_not_share_one_with_those_before_it) {
    psp.sweeps = {cut_off("pi_50"), cut_off("pi_50")};
    EXPECT_EQ(look({first, one(2, false)}).size(), 2U);
    EXPECT_EQ(psp.last_look_up.calls.size(), 1U);
}

TEST_F(SweepsTest, one_that_does_not_move_on_is_begun_anew) {
    psp.sweeps = {cut_off("pi_50"), cut_off("pi_50"), whole()};
    look({first});
    look({first});
    look({first});
    EXPECT_EQ(psp.last_look_up.begun.next, "");
}

}  // namespace
}  // namespace florin::flow
