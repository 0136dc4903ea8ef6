#include "flow/operator_ruling.hpp"

#include <gtest/gtest.h>

#include "flow/scripted_psp.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;
using payments::Outcome;

Sighting seen(psp::Answer answer) {
    Sighting sighting;
    sighting.evidence = answer.evidence;
    sighting.answer = std::move(answer);
    return sighting;
}

payments::Attempt attempt_of_kind(OperationKind kind) {
    return {.operation = {},
            .payment = {},
            .kind = kind,
            .amount = Money{1000, kEur},
            .psp = "stripe",
            .psp_account = "main",
            .actor = "key:x",
            .request = {}};
}

struct Row {
    const char* what;
    Outcome said;
    bool force;
    Sighting seen;
    std::optional<bool> proven;  // empty: refused
};

std::vector<Row> rows() {
    const Sighting nothing{.evidence = "timeout"};
    const Sighting absent{.absent = true, .evidence = "all of 1 pages read"};
    const Sighting fenced{.absent = true, .absence_proves = true, .evidence = "all of 1 pages read"};
    const Sighting twice{.contradicts = true, .evidence = "listed twice: pi_1 and pi_2"};
    return {
        {"the PSP agrees", Outcome::approved, false, seen(approved("pi_1")), true},
        {"the PSP agrees on a decline", Outcome::declined, false, seen(declined("pi_1")), true},
        {"a fenced absence is a proof", Outcome::not_executed, false, fenced, true},
        {"the PSP contradicts", Outcome::declined, false, seen(approved("pi_1")), std::nullopt},
        {"force does not beat the PSP", Outcome::declined, true, seen(approved("pi_1")), std::nullopt},
        {"force does not beat a fenced absence", Outcome::approved, true, fenced, std::nullopt},
        {"the payer still may act", Outcome::not_executed, true, seen(action_required("pi_1", "u")), std::nullopt},
        {"the PSP works on it", Outcome::approved, true, seen(accepted("pi_1")), std::nullopt},
        {"another amount, forced", Outcome::approved, true, twice, std::nullopt},
        {"listed twice, forced", Outcome::not_executed, true, twice, std::nullopt},
        {"listed twice, forced as declined", Outcome::declined, true, twice, std::nullopt},
        {"no answer, no force", Outcome::declined, false, nothing, std::nullopt},
        {"absence without a fence, no force", Outcome::not_executed, false, absent, std::nullopt},
        {"no answer, forced", Outcome::declined, true, nothing, false},
        {"absence without a fence, forced", Outcome::not_executed, true, absent, false},
        {"an approval by word", Outcome::approved, true, nothing, false},
    };
}

TEST(OperatorRulingTest, the_psps_word_wins_and_a_persons_counts_only_where_it_is_silent) {
    const auto sale = attempt_of_kind(OperationKind::sale);
    for (const auto& row : rows()) {
        const OperatorWord word{
            .outcome = row.said, .evidence = "seen in the dashboard", .reference = "pi_1", .force = row.force};
        const auto ruling = rule(sale, word, row.seen);
        EXPECT_EQ(ruling.has_value(), row.proven.has_value()) << row.what;
        if (!ruling || !row.proven) continue;
        EXPECT_EQ(ruling->is_proven, *row.proven) << row.what;
        EXPECT_EQ(ruling->judgement.outcome, row.said) << row.what;
        EXPECT_EQ(ruling->judgement.decline.has_value(), row.said == Outcome::declined) << row.what;
    }
}

TEST(OperatorRulingTest, an_approval_names_the_object_that_the_operation_made) {
    const OperatorWord word{.outcome = Outcome::approved, .evidence = "seen", .force = true};
    const Sighting nothing{.evidence = "timeout"};
    EXPECT_EQ(rule(attempt_of_kind(OperationKind::refund), word, nothing).error().pointer, "/reference");
    EXPECT_TRUE(rule(attempt_of_kind(OperationKind::capture), word, nothing));
}

}  // namespace
}  // namespace florin::flow
