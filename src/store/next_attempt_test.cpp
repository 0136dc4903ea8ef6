// What follows a closed attempt: the next one that a merchant's repeat opens, or a late success that is adopted.
#include <gmock/gmock.h>

#include <algorithm>

#include "store/open_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::Status;
using ::testing::SizeIs;

TEST_F(OpenTest, of_many_next_attempts_one_wins) {
    const Operation failed = failed_sale();
    auto other = another_store();
    std::vector<Task<NextAttemptResult>> tasks;
    for (int i = 0; i < 10; ++i) {
        tasks.push_back((i % 2 ? store() : *other).commit(next_attempt(failed), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return won(result); }), 1);
    const auto stored = wait(store().find_by_key(merchant_, false, failed.key, soon()));
    EXPECT_EQ(stored->attempt.number, 2);
    EXPECT_FALSE(stored->result);
    EXPECT_EQ(stored->generation, 1);
    EXPECT_EQ(stored->payment.status, Status::pending);
    EXPECT_FALSE(stored->payment.failure_code);
    EXPECT_THAT(wait(store().audit_of(failed.payment.id, soon())), SizeIs(3));
}

TEST_F(OpenTest, a_next_attempt_needs_a_last_attempt_that_was_not_executed) {
    const Operation open = open_sale();
    Operation pretended = open;
    pretended.payment = not_executed(open).step.payment;
    pretended.payment.version = 1;
    EXPECT_FALSE(won(wait(store().commit(next_attempt(pretended), soon()))));
    const Operation no = open_sale();
    EXPECT_EQ(wait(store().commit(declined(no), soon())), SettlementResult::won);
    pretended = no;
    pretended.payment = not_executed(no).step.payment;
    EXPECT_FALSE(won(wait(store().commit(next_attempt(pretended), soon()))));
}

TEST_F(OpenTest, a_late_success_is_adopted_once) {
    const Operation failed = failed_sale();
    Operation late = failed;
    late.attempt.number = 2;
    std::vector<Task<SettlementResult>> tasks;
    for (int i = 0; i < 4; ++i) tasks.push_back(store().commit(Adoption{approved(late), 1}, soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, SettlementResult::won), 1);
    const auto stored = wait(store().find_by_key(merchant_, false, failed.key, soon()));
    EXPECT_EQ(stored->payment.status, Status::captured);
    EXPECT_EQ(stored->attempt.number, 2);
    EXPECT_EQ(stored->result->http_status, 200);
    EXPECT_THAT(wait(store().ledger_of(failed.payment.id, soon())), SizeIs(4));
    EXPECT_EQ(count("select adopted_by::int8 from late_charges where attempt = 1 and operation_id = '" +
                    to_string(failed.attempt.operation.uuid()) + "'"),
              2);
    EXPECT_FALSE(won(wait(store().commit(next_attempt(failed), soon()))));
}

TEST_F(OpenTest, an_adoption_loses_to_a_repeat_that_came_first) {
    const Operation failed = failed_sale();
    EXPECT_TRUE(won(wait(store().commit(next_attempt(failed), soon()))));
    Operation late = failed;
    late.attempt.number = 2;
    EXPECT_EQ(wait(store().commit(Adoption{approved(late), 1}, soon())), SettlementResult::lost);
    EXPECT_EQ(count("select count(*) from late_charges where operation_id = '" +
                    to_string(failed.attempt.operation.uuid()) + "'"),
              0);
}

// A repeat that is refused: attempt 2, and the payment as it was.
RefusedRepeat refused_repeat(const Operation& failed) {
    Operation repeated = failed;
    repeated.attempt.number = 2;
    RefusedRepeat refused{declined(repeated)};
    refused.settlement.step.payment = failed.payment;
    ++refused.settlement.step.payment.version;
    refused.settlement.step.change.reset();
    return refused;
}

TEST_F(OpenTest, of_many_repeats_that_are_refused_one_is_stored) {
    const Operation failed = failed_sale();
    auto other = another_store();
    std::vector<Task<SettlementResult>> tasks;
    for (int i = 0; i < 10; ++i) {
        tasks.push_back((i % 2 ? store() : *other).commit(refused_repeat(failed), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, SettlementResult::won), 1);
    const auto stored = wait(store().find_by_key(merchant_, false, failed.key, soon()));
    EXPECT_EQ(stored->attempt.number, 2);
    EXPECT_EQ(stored->result->outcome, payments::Outcome::declined);
    EXPECT_EQ(stored->payment.status, failed.payment.status);
    EXPECT_EQ(count("select count(*) from late_charges where operation_id = '" +
                    to_string(failed.attempt.operation.uuid()) + "'"),
              0);
    EXPECT_FALSE(won(wait(store().commit(next_attempt(failed), soon()))));
}

TEST_F(OpenTest, a_refused_repeat_loses_to_one_that_came_first) {
    const Operation failed = failed_sale();
    EXPECT_TRUE(won(wait(store().commit(next_attempt(failed), soon()))));
    EXPECT_EQ(wait(store().commit(refused_repeat(failed), soon())), SettlementResult::lost);
    EXPECT_FALSE(wait(store().find_by_key(merchant_, false, failed.key, soon()))->result);
}

TEST_F(OpenTest, nothing_is_adopted_beside_what_was_declined) {
    const Operation no = open_sale();
    EXPECT_EQ(wait(store().commit(declined(no), soon())), SettlementResult::won);
    Operation late = after(no, not_executed(no));
    late.attempt.number = 2;
    EXPECT_EQ(wait(store().commit(Adoption{approved(late), 1}, soon())), SettlementResult::lost);
    EXPECT_THAT(wait(store().operations_of(no.payment.id, soon())), SizeIs(1));
}

}  // namespace
}  // namespace florin::store::test
