#include "payments/saga.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace florin::payments {
namespace {

constexpr auto kKinds = std::to_array<OperationKind>(
    {OperationKind::sale, OperationKind::authorize, OperationKind::capture, OperationKind::void_, OperationKind::refund,
     OperationKind::expire, OperationKind::capture_failure, OperationKind::refund_failure, OperationKind::late_void,
     OperationKind::late_refund, OperationKind::late_suspense});

TEST(Saga, every_kind_for_which_a_psp_is_called_is_a_step_and_no_other) {
    for (const auto kind : kKinds) {
        EXPECT_EQ(saga_step(kind) != nullptr, !is_only_recorded(kind)) << to_string(kind);
    }
}

// Written out once more, so that a change of the table is seen.
TEST(Saga, each_step_has_its_remedy_in_each_case) {
    const struct {
        OperationKind step;
        std::array<std::string_view, 4> remedies;  // in the order of kLateCases
    } rows[] = {
        {OperationKind::sale, {"adopt", "late_refund", "late_refund", "late_refund"}},
        {OperationKind::authorize, {"adopt", "late_void", "late_void", "late_void"}},
        {OperationKind::capture, {"adopt", "late_refund", "late_refund", "late_refund"}},
        {OperationKind::void_, {"adopt", "late_suspense", "nothing", "late_suspense"}},
        {OperationKind::expire, {"adopt", "late_suspense", "nothing", "late_suspense"}},
        {OperationKind::refund, {"adopt", "late_suspense", "late_suspense", "late_suspense"}},
        {OperationKind::late_void, {"adopt", "late_suspense", "nothing", "late_suspense"}},
        {OperationKind::late_refund, {"adopt", "late_suspense", "late_suspense", "late_suspense"}},
    };
    ASSERT_EQ(std::size(rows), kSaga.size());
    for (const auto& [step, remedies] : rows) {
        ASSERT_NE(saga_step(step), nullptr);
        for (std::size_t at = 0; at < remedies.size(); ++at) {
            EXPECT_EQ(to_string(saga_step(step)->in(kLateCases[at])), remedies[at])
                << to_string(step) << ' ' << to_string(kLateCases[at]);
        }
    }
}

TEST(Saga, a_remedy_opens_an_operation_whose_own_late_success_is_covered_or_that_calls_no_psp) {
    for (const SagaStep& row : kSaga) {
        for (const LateCase situation : kLateCases) {
            const auto remedy = row.in(situation);
            if (remedy == Remedy::adopt || remedy == Remedy::nothing) continue;
            const auto kind = operation_of(remedy);
            EXPECT_TRUE(answers_late_success(kind));
            EXPECT_EQ(to_string(kind), to_string(remedy));
            EXPECT_TRUE(saga_step(kind) != nullptr || is_only_recorded(kind));
        }
    }
}

TEST(Saga, the_page_for_operators_shows_this_table) {
    std::ifstream file(std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() /
                       "docs/late-truth.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_NE(text.str().find(saga_table()), std::string::npos) << saga_table();
}

}  // namespace
}  // namespace florin::payments
