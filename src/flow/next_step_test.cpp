#include "flow/next_step.hpp"

#include <gtest/gtest.h>

#include "flow/taken_fixture.hpp"

namespace florin::flow {
namespace {

using enum StepKind;

struct Row {
    bool reference, requires_action, old, may_send, stores_errors, fenced, absence_proves, parked;
    NextStep expected;
};

constexpr Milliseconds kAbandonAfter{3'600'000};

store::Taken taken_of(const Row& row) {
    auto taken = some_taken();
    if (row.requires_action) taken.payment.status = payments::Status::requires_action;
    if (row.old) taken.age = kAbandonAfter + Milliseconds{1};
    if (row.reference) taken.psp_reference = "pi_1";
    taken.may_send = row.may_send;
    if (row.fenced) taken.fenced_at = WallTime{};
    taken.absence_proves = row.absence_proves;
    taken.parked = row.parked;
    return taken;
}

psp::Rules rules_of(bool stores_errors) {
    return {.name = "stripe",
            .safe_age = Milliseconds{72'000'000},
            .longest_request = Milliseconds{3'600'000},
            .read_lag = Milliseconds{1'000},
            .clock_error = Milliseconds{1'000},
            .stores_errors = stores_errors};
}

TEST(NextStep, is_the_one_of_the_table) {
    constexpr NextStep proving{.kind = look_up, .absence_proves = true};
    constexpr NextStep looking{.kind = look_up, .absence_proves = false};
    const Row rows[] = {
        // ref    action  old    send   stores fenced absence parked
        {false, false, false, true, true, false, false, false, {repeat}},
        {false, false, false, true, false, false, false, false, looking},  // rule 15: a used key can execute again
        {false, false, false, true, false, true, false, false, looking},   // nor does its store fence anything
        {false, false, true, false, false, false, true, false, proving},   // but time does
        {true, false, false, true, false, false, false, false, {read_object}},
        {false, false, false, true, true, false, false, true, looking},    // a parked one is only looked at
        {false, false, false, false, true, false, false, false, looking},  // past execute_until
        {false, false, false, true, true, true, false, false, proving},    // the key is fenced
        {false, false, false, false, true, true, false, false, proving},   //
        {false, false, true, false, true, false, true, false, proving},    // time is a fence too
        {false, false, true, true, true, false, true, false, proving},     // it goes before a repeat
        {false, false, true, false, true, false, true, true, proving},     // parked ones are taken for it
        {true, false, false, true, true, false, false, false, {read_object}},
        {true, false, true, false, true, true, true, false, {read_object}},  // absence proves nothing beside a name
        {true, true, false, true, true, false, false, false, {read_object}},
        {true, true, true, false, true, false, true, false, {abandon}},
        {false, true, true, false, true, false, false, false, looking},  // nothing to cancel without a name
    };
    for (const auto& row : rows) {
        const auto step = next_step(taken_of(row), rules_of(row.stores_errors), kAbandonAfter);
        EXPECT_EQ(step, row.expected) << "row " << &row - rows << ": " << to_string(step.kind);
    }
}

TEST(NextStep, a_named_object_is_also_looked_for_in_the_list_because_the_name_may_be_wrong) {
    auto taken = some_taken();
    taken.psp_reference = "pi_1";
    taken.fenced_at = WallTime{};
    taken.absence_proves = true;
    taken.tries = 3;
    EXPECT_EQ(next_step(taken, rules_of(true), kAbandonAfter), (NextStep{.kind = look_up, .absence_proves = false}));
}

TEST(NextStep, a_capture_or_a_release_is_proven_as_if_its_object_had_no_name_for_it_is_the_payments_own) {
    using payments::OperationKind;
    for (const auto kind : {OperationKind::capture, OperationKind::void_, OperationKind::expire}) {
        auto taken = some_taken();
        taken.attempt.kind = kind;
        taken.psp_reference = "pi_1";
        taken.may_send = true;
        EXPECT_EQ(next_step(taken, rules_of(true), kAbandonAfter), (NextStep{.kind = repeat}));
        taken.fenced_at = WallTime{};
        EXPECT_EQ(next_step(taken, rules_of(true), kAbandonAfter), (NextStep{.kind = look_up, .absence_proves = true}));
    }
    auto refund = some_taken();
    refund.attempt.kind = OperationKind::refund;
    refund.psp_reference = "re_1";
    EXPECT_EQ(next_step(refund, rules_of(true), kAbandonAfter), (NextStep{.kind = read_object}));
}

// Whatever the database said of it: also a first taking, as when a merchant repeats the key, may not send.
TEST(NextStep, where_a_used_key_can_execute_again_nothing_is_ever_sent_after_the_first_call) {
    using payments::OperationKind;
    for (const auto kind : {OperationKind::sale, OperationKind::authorize, OperationKind::capture, OperationKind::void_,
                            OperationKind::expire, OperationKind::refund}) {
        for (int bits = 0; bits < 128; ++bits) {
            auto taken = some_taken();
            taken.attempt.kind = kind;
            taken.may_send = (bits & 1) != 0;
            if ((bits & 2) != 0) taken.fenced_at = WallTime{};
            taken.absence_proves = (bits & 4) != 0;
            taken.parked = (bits & 8) != 0;
            if ((bits & 16) != 0) taken.psp_reference = "pi_1";
            if ((bits & 32) != 0) taken.age = kAbandonAfter * 2;
            taken.tries = (bits & 64) != 0 ? 0 : 3;
            const auto step = next_step(taken, rules_of(false), kAbandonAfter);
            EXPECT_NE(step.kind, repeat) << to_string(kind) << " " << bits;
            EXPECT_TRUE(!step.absence_proves || taken.absence_proves) << to_string(kind) << " " << bits;
        }
    }
}

TEST(PauseBeforeNext, grows_from_a_second_to_an_hour_and_never_stops) {
    struct {
        std::int32_t tries;
        int seconds;
    } const rows[] = {{0, 1},
                      {1, 1},
                      {2, 2},
                      {3, 4},
                      {6, 32},
                      {7, 60},
                      {66, 60},
                      {67, 120},
                      {68, 240},
                      {71, 1920},
                      {72, 3600},
                      {1000, 3600},
                      {2'000'000'000, 3600}};
    for (const auto& row : rows) {
        EXPECT_EQ(pause_before_next(row.tries), std::chrono::seconds(row.seconds)) << row.tries;
    }
}

}  // namespace
}  // namespace florin::flow
