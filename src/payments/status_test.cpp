#include "payments/status.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

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

TEST(Status, without_money_it_follows_from_the_creating_operation) {
    const std::pair<AttemptState, Status> rows[] = {
        {AttemptState::open, Status::pending},       {AttemptState::unknown, Status::pending},
        {AttemptState::processing, Status::pending}, {AttemptState::action_required, Status::requires_action},
        {AttemptState::declined, Status::failed},    {AttemptState::not_executed, Status::failed},
    };
    for (const auto& [creation, status] : rows) EXPECT_EQ(derive_status({}, creation), status) << to_string(creation);
}

struct Derived {
    int captured, refunded, voided, expired;
    Status status;
    auto amounts() const { return std::array{captured, refunded, voided, expired}; }
};

// All legal settled amounts of an authorization of 2.
constexpr Derived kTruth[] = {
    {0, 0, 0, 0, Status::authorized},
    {0, 0, 0, 1, Status::authorized},
    {0, 0, 1, 0, Status::authorized},
    {0, 0, 0, 2, Status::expired},
    {0, 0, 1, 1, Status::expired},
    {0, 0, 2, 0, Status::voided},
    {1, 0, 0, 0, Status::partially_captured},
    {1, 0, 0, 1, Status::partially_captured},
    {1, 0, 1, 0, Status::partially_captured},
    {2, 0, 0, 0, Status::captured},
    {2, 1, 0, 0, Status::partially_refunded},
    {1, 1, 0, 0, Status::refunded},
    {1, 1, 0, 1, Status::refunded},
    {1, 1, 1, 0, Status::refunded},
    {2, 2, 0, 0, Status::refunded},
};

TEST(Status, the_truth_table_has_every_combination_of_settled_amounts_once) {
    std::set<std::array<int, 4>> legal;
    for (int captured = 0; captured <= 2; ++captured) {
        for (int voided = 0; captured + voided <= 2; ++voided) {
            for (int expired = 0; captured + voided + expired <= 2; ++expired) {
                for (int refunded = 0; refunded <= captured; ++refunded)
                    legal.insert({captured, refunded, voided, expired});
            }
        }
    }
    std::set<std::array<int, 4>> listed;
    for (const Derived& row : kTruth) EXPECT_TRUE(listed.insert(row.amounts()).second);
    EXPECT_EQ(listed, legal);
}

// Whatever is reserved beside them, and whatever the state of the creation.
TEST(Status, it_follows_from_the_settled_amounts_alone) {
    for (const Derived& row : kTruth) {
        const Amounts settled{.authorized = 2,
                              .captured = row.captured,
                              .refunded = row.refunded,
                              .voided = row.voided,
                              .expired = row.expired};
        int reservations = 0;
        for (int bits = 0; bits < 64; ++bits) {
            Amounts amounts = settled;
            amounts.capturing = bits % 4;
            amounts.voiding = bits / 4 % 4;
            amounts.refunding = bits / 16;
            if (!amounts.within_limits()) continue;
            ++reservations;
            for (int state = 0; state <= static_cast<int>(AttemptState::not_executed); ++state) {
                EXPECT_EQ(to_string(derive_status(amounts, static_cast<AttemptState>(state))), to_string(row.status))
                    << row.captured << '/' << row.refunded << '/' << row.voided << '/' << row.expired;
            }
        }
        EXPECT_GT(reservations, 0);
    }
}

// The rules as one sentence each, for every legal combination of settled amounts up to 4.
TEST(Status, every_combination_of_amounts_has_the_one_answer_of_the_rules) {
    int combinations = 0;
    const auto check = [&](const Amounts& amounts) {
        ++combinations;
        const auto& [authorized, _1, captured, _2, refunded, _3, voided, expired] = amounts;
        const Status status = derive_status(amounts, AttemptState::succeeded);
        EXPECT_EQ(status == Status::refunded, refunded > 0 && refunded == captured);
        EXPECT_EQ(status == Status::partially_refunded, refunded > 0 && refunded < captured);
        EXPECT_EQ(status == Status::captured, refunded == 0 && captured == authorized);
        EXPECT_EQ(status == Status::partially_captured, refunded == 0 && captured > 0 && captured < authorized);
        EXPECT_EQ(status == Status::authorized, captured == 0 && voided + expired < authorized);
        EXPECT_EQ(status == Status::voided, voided == authorized);
        EXPECT_EQ(status == Status::expired, captured == 0 && expired > 0 && voided + expired == authorized);
    };
    for (int authorized = 1; authorized <= 4; ++authorized) {
        for (int captured = 0; captured <= authorized; ++captured) {
            for (int released = 0; captured + released <= authorized; ++released) {
                for (int expired = 0; expired <= released; ++expired) {
                    for (int refunded = 0; refunded <= captured; ++refunded) {
                        check({.authorized = authorized,
                               .captured = captured,
                               .refunded = refunded,
                               .voided = released - expired,
                               .expired = expired});
                    }
                }
            }
        }
    }
    EXPECT_EQ(combinations, 5 + 15 + 35 + 70);  // C(n + 4, 4) of n = 1 … 4
}

TEST(StatusDeathTest, a_creation_that_succeeded_without_money_is_our_bug) {
    EXPECT_DEATH(derive_status({}, AttemptState::succeeded), "assertion.failed");
}

TEST(Status, the_words_of_the_audit_rows_are_those_of_the_table) {
    const std::string domain = status_change_domain();
    EXPECT_TRUE(domain.starts_with("'pending>authorized', 'pending>captured', ")) << domain;
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(domain, '>')), kStatusChanges.size());
}

TEST(Status, the_diagram_has_a_line_for_every_row_of_the_table) {
    const std::string diagram = status_diagram();
    EXPECT_TRUE(diagram.starts_with("stateDiagram-v2\n    [*] --> pending\n"));
    EXPECT_NE(diagram.find("\n    pending --> captured: sale approved\n"), std::string::npos);
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
