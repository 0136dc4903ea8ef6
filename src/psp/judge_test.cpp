#include <gtest/gtest.h>

#include "psp/psp.hpp"

namespace florin::psp {
namespace {

using payments::DeclineClass;
using payments::Outcome;
using Kind = Answer::Kind;

Answer answer_of(Kind kind, DeclineClass type = DeclineClass::soft) {
    Answer answer;
    answer.kind = kind;
    answer.reference = "pi_1";
    if (kind == Kind::declined) answer.decline = payments::Decline{type, "card_declined", "The card was declined."};
    if (kind == Kind::action_required) answer.next_action = payments::NextAction{"https://example.com/3ds"};
    return answer;
}

struct Row {
    Answer answer;
    Outcome only_call;
    Outcome other_call;
};

const Row kRows[] = {
    {answer_of(Kind::approved), Outcome::approved, Outcome::approved},
    {answer_of(Kind::declined, DeclineClass::hard), Outcome::declined, Outcome::declined},
    {answer_of(Kind::declined, DeclineClass::soft), Outcome::declined, Outcome::declined},
    {answer_of(Kind::declined, DeclineClass::needs_data), Outcome::declined, Outcome::declined},
    {answer_of(Kind::declined, DeclineClass::needs_authentication), Outcome::declined, Outcome::declined},
    {answer_of(Kind::declined, DeclineClass::invalid_request), Outcome::declined, Outcome::unknown},
    {answer_of(Kind::action_required), Outcome::action_required, Outcome::action_required},
    {answer_of(Kind::accepted), Outcome::accepted, Outcome::accepted},
    {answer_of(Kind::refused_unsent), Outcome::not_executed, Outcome::unknown},
    {answer_of(Kind::refused_before_execution), Outcome::not_executed, Outcome::unknown},
    {answer_of(Kind::unclear), Outcome::unknown, Outcome::unknown},
};

TEST(Judge, only_the_first_and_only_call_proves_that_nothing_was_executed) {
    for (const auto& row : kRows) {
        SCOPED_TRACE(to_string(row.answer.kind));
        EXPECT_EQ(judge(row.answer, true).outcome, row.only_call);
        EXPECT_EQ(judge(row.answer, false).outcome, row.other_call);
    }
}

TEST(Judge, an_answer_from_the_psps_store_is_never_that_of_the_only_call) {
    for (auto row : kRows) {
        SCOPED_TRACE(to_string(row.answer.kind));
        row.answer.replayed = true;
        EXPECT_EQ(judge(row.answer, true).outcome, row.other_call);
    }
}

TEST(Judge, the_rows_cover_every_kind) {
    for (int kind = 0; kind <= static_cast<int>(Kind::unclear); ++kind) {
        EXPECT_TRUE(std::ranges::any_of(kRows, [&](const Row& r) { return r.answer.kind == static_cast<Kind>(kind); }));
    }
}

TEST(Judge, a_refusal_that_the_object_confirms_holds_for_any_call) {
    auto answer = answer_of(Kind::declined, DeclineClass::invalid_request);
    answer.confirmed = true;
    ASSERT_EQ(judge(answer, false).outcome, Outcome::declined);
    EXPECT_EQ(judge(answer, false).decline->code, "card_declined");
    answer.replayed = true;
    EXPECT_EQ(judge(answer, true).outcome, Outcome::declined);
    // Confirmed is a word about declines only.
    auto unclear = answer_of(Kind::refused_before_execution);
    unclear.confirmed = true;
    EXPECT_EQ(judge(unclear, false).outcome, Outcome::unknown);
}

TEST(Judge, an_approved_hold_carries_its_end_and_what_may_be_captured) {
    auto answer = answer_of(Kind::approved);
    answer.capture_before = WallTime(std::chrono::seconds(1'700'000'000));
    answer.multiple_captures = true;
    const auto approved = judge(answer, false);
    EXPECT_EQ(approved.capture_before, answer.capture_before);
    EXPECT_TRUE(approved.multiple_captures);
    answer.kind = Kind::unclear;
    EXPECT_FALSE(judge(answer, true).capture_before.has_value());
    EXPECT_FALSE(judge(answer, true).multiple_captures);
}

TEST(Judge, a_success_without_a_reference_is_unknown) {
    auto answer = answer_of(Kind::approved);
    answer.reference.reset();
    EXPECT_EQ(judge(answer, true).outcome, Outcome::unknown);
}

TEST(Judge, a_decline_without_its_reason_is_unknown) {
    auto answer = answer_of(Kind::declined);
    answer.decline.reset();
    EXPECT_EQ(judge(answer, true).outcome, Outcome::unknown);
}

TEST(Judge, the_judgement_carries_what_its_outcome_needs_and_nothing_else) {
    const auto declined = judge(answer_of(Kind::declined), false);
    ASSERT_TRUE(declined.decline.has_value());
    EXPECT_EQ(declined.decline->code, "card_declined");
    EXPECT_FALSE(declined.next_action.has_value());
    const auto action = judge(answer_of(Kind::action_required), false);
    ASSERT_TRUE(action.next_action.has_value());
    EXPECT_EQ(action.next_action->url, "https://example.com/3ds");
    // Turned into unknown, a refusal of the content leaves no decline behind that somebody might show.
    EXPECT_FALSE(judge(answer_of(Kind::declined, DeclineClass::invalid_request), false).decline.has_value());
    EXPECT_EQ(judge(answer_of(Kind::unclear), true).psp_reference, "pi_1");
}

TEST(IdempotencyKey, is_the_operation_and_the_attempt) {
    const auto operation = *OperationId::parse("op_01920000-0000-7000-8000-000000000002");
    EXPECT_EQ(idempotency_key(operation, 1), "op_01920000-0000-7000-8000-000000000002-1");
    EXPECT_EQ(idempotency_key(operation, 12), "op_01920000-0000-7000-8000-000000000002-12");
}

}  // namespace
}  // namespace florin::psp
