#include "payments/status.hpp"

#include <gtest/gtest.h>

namespace florin::payments {
namespace {

TEST(Status, every_word_leads_back_to_its_status) {
    for (int i = 0; i <= static_cast<int>(Status::failed); ++i) {
        const auto status = static_cast<Status>(i);
        EXPECT_EQ(parse_status(to_string(status)), status);
    }
    EXPECT_FALSE(parse_status("Captured"));
    EXPECT_FALSE(parse_status(""));
}

TEST(Outcome, every_word_leads_back_to_its_outcome) {
    for (int i = 0; i <= static_cast<int>(Outcome::unknown); ++i) {
        const auto outcome = static_cast<Outcome>(i);
        EXPECT_EQ(parse_outcome(to_string(outcome)), outcome);
    }
    EXPECT_FALSE(parse_outcome("APPROVED"));
}

struct Derived {
    Amounts amounts;
    AttemptState creation;
    Status status;
};

TEST(Status, it_follows_from_the_amounts_and_the_creating_operation) {
    using S = AttemptState;
    const Derived cases[] = {
        // no money yet: the creating operation decides
        {{}, S::open, Status::pending},
        {{}, S::unknown, Status::pending},
        {{}, S::processing, Status::pending},
        {{}, S::action_required, Status::requires_action},
        {{}, S::declined, Status::failed},
        {{}, S::not_executed, Status::failed},
        // a sale
        {{.authorized = 100, .captured = 100}, S::succeeded, Status::captured},
        // authorized first
        {{.authorized = 100}, S::succeeded, Status::authorized},
        {{.authorized = 100, .capturing = 100}, S::succeeded, Status::authorized},
        {{.authorized = 100, .voiding = 100}, S::succeeded, Status::authorized},
        {{.authorized = 100, .voided = 100}, S::succeeded, Status::voided},
        {{.authorized = 100, .captured = 60}, S::succeeded, Status::partially_captured},
        {{.authorized = 100, .capturing = 40, .captured = 60}, S::succeeded, Status::partially_captured},
        {{.authorized = 100, .captured = 60, .voided = 40}, S::succeeded, Status::partially_captured},
        // a refund outranks a capture
        {{.authorized = 100, .captured = 100, .refunding = 20}, S::succeeded, Status::captured},
        {{.authorized = 100, .captured = 100, .refunded = 20}, S::succeeded, Status::partially_refunded},
        {{.authorized = 100, .captured = 60, .refunded = 20, .voided = 40}, S::succeeded, Status::partially_refunded},
        {{.authorized = 100, .captured = 60, .refunded = 60, .voided = 40}, S::succeeded, Status::refunded},
        {{.authorized = 100, .captured = 100, .refunded = 100}, S::succeeded, Status::refunded},
    };
    for (const Derived& test : cases) {
        EXPECT_EQ(to_string(derive_status(test.amounts, test.creation)), to_string(test.status))
            << test.amounts.authorized << '/' << test.amounts.captured << '/' << test.amounts.refunded << '/'
            << test.amounts.voided << ' ' << to_string(test.creation);
    }
}

// Every legal combination of amounts up to 3, each with a creation that succeeded: the rules as one sentence each.
TEST(Status, every_combination_of_amounts_has_the_one_answer_of_the_rules) {
    int combinations = 0;
    for (int authorized = 1; authorized <= 3; ++authorized) {
        for (int captured = 0; captured <= authorized; ++captured) {
            for (int voided = 0; captured + voided <= authorized; ++voided) {
                for (int refunded = 0; refunded <= captured; ++refunded) {
                    ++combinations;
                    const Status status = derive_status(
                        {.authorized = authorized, .captured = captured, .refunded = refunded, .voided = voided},
                        AttemptState::succeeded);
                    EXPECT_EQ(status == Status::refunded, refunded > 0 && refunded == captured);
                    EXPECT_EQ(status == Status::partially_refunded, refunded > 0 && refunded < captured);
                    EXPECT_EQ(status == Status::captured, refunded == 0 && captured == authorized);
                    EXPECT_EQ(status == Status::partially_captured,
                              refunded == 0 && captured > 0 && captured < authorized);
                    EXPECT_EQ(status == Status::voided, captured == 0 && voided > 0);
                    EXPECT_EQ(status == Status::authorized, captured == 0 && voided == 0);
                }
            }
        }
    }
    EXPECT_EQ(combinations, 34);
}

TEST(StatusDeathTest, a_creation_that_succeeded_without_money_is_our_bug) {
    EXPECT_DEATH(derive_status({}, AttemptState::succeeded), "assertion.failed");
}

TEST(Status, the_words_of_the_audit_rows_are_those_of_the_table) {
    EXPECT_EQ(status_change_domain(),
              "'pending>captured', 'pending>failed', 'pending>requires_action', 'requires_action>pending', "
              "'requires_action>captured', 'requires_action>failed', 'failed>pending', 'failed>captured'");
}

TEST(Status, the_diagram_has_a_line_for_every_row_of_the_table) {
    const std::string diagram = status_diagram();
    EXPECT_TRUE(diagram.starts_with("stateDiagram-v2\n    [*] --> pending\n"));
    EXPECT_NE(diagram.find("\n    pending --> captured: approved\n"), std::string::npos);
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(diagram, '\n')), kStatusChanges.size() + 2);
}

TEST(AttemptLife, an_attempt_that_has_ended_never_changes) {
    for (const auto state : {AttemptState::succeeded, AttemptState::declined, AttemptState::not_executed}) {
        for (int i = 0; i <= static_cast<int>(Outcome::unknown); ++i) {
            EXPECT_FALSE(next_state(state, static_cast<Outcome>(i)));
        }
    }
}

TEST(AttemptLife, an_open_attempt_has_an_answer_to_every_outcome) {
    for (const auto state :
         {AttemptState::open, AttemptState::unknown, AttemptState::action_required, AttemptState::processing}) {
        for (int i = 0; i <= static_cast<int>(Outcome::unknown); ++i) {
            const auto next = next_state(state, static_cast<Outcome>(i));
            ASSERT_TRUE(next);
            EXPECT_EQ(has_ended(*next), closes_attempt(static_cast<Outcome>(i)));
        }
    }
}

}  // namespace
}  // namespace florin::payments
