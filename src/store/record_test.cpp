// What is opened and closed in one commit: stored refusals, and successes that the PSP took back.
#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::OperationKind;
using payments::Outcome;
using payments::Payment;
using payments::Status;
using ::testing::SizeIs;

class RecordTest : public StoreTest {
protected:
    RecordResult commit(const Record& record) { return wait(store().commit(record, soon())); }
    // A payment of 1000, of which 400 were refunded.
    Operation refunded() {
        const Operation refund = open_modification(captured_payment(1000), OperationKind::refund, 400);
        Settlement settlement = approved(refund);
        settlement.watch = Watch{Milliseconds(0), Milliseconds(3'600'000)};
        EXPECT_EQ(settle(settlement), SettlementResult::won);
        return after(refund, settlement);
    }
    std::int64_t rows(const std::string& table, OperationId operation) {
        return count("select count(*) from " + table + " where operation_id = '" + to_string(operation.uuid()) + "'");
    }
};

TEST_F(RecordTest, a_refusal_is_stored_with_its_key_and_leaves_the_payment) {
    const Payment payment = captured_payment();
    const Record record = refusal(payment, "refused-" + to_string(payment.id));
    EXPECT_EQ(commit(record), RecordResult::won);
    const auto read = wait(store().find_by_key(merchant_, false, record.key, soon()));
    ASSERT_TRUE(read && read->result);
    EXPECT_EQ(read->result->http_status, 422);
    EXPECT_EQ(read->result->body, record.settlement.step.body);
    EXPECT_EQ(read->fingerprint, record.fingerprint);
    EXPECT_EQ(read->attempt.amount, record.settlement.attempt.amount);
    EXPECT_EQ(read->payment.version, payment.version);
    EXPECT_EQ(read->payment.updated_at, payment.updated_at);
    EXPECT_EQ(rows("open_operations", read->attempt.operation), 0);
    EXPECT_EQ(rows("payment_audit_log", read->attempt.operation), 0);
    expect_exact_books();
}

TEST_F(RecordTest, a_refusal_whose_key_is_taken_writes_nothing) {
    const Payment payment = captured_payment();
    const auto refund = reservation(payment, OperationKind::refund, 1).value();
    ASSERT_TRUE(won(wait(store().commit(refund, soon()))));
    const Record record = refusal(stored(payment.id), refund.key);
    EXPECT_EQ(commit(record), RecordResult::key_taken);
    EXPECT_EQ(rows("operations", record.settlement.attempt.operation), 0);
    EXPECT_EQ(rows("operation_results", record.settlement.attempt.operation), 0);
}

TEST_F(RecordTest, a_refusal_of_a_payment_that_moved_claims_nothing) {
    const Payment payment = captured_payment();
    open_modification(payment, OperationKind::refund, 1);
    const Record record = refusal(payment, "moved-" + to_string(payment.id));
    EXPECT_EQ(commit(record), RecordResult::version_moved);
    EXPECT_FALSE(wait(store().find_by_key(merchant_, false, record.key, soon())));
}

TEST_F(RecordTest, of_many_refusals_under_one_key_one_is_stored) {
    auto other = another_store();
    const Payment payment = captured_payment();
    std::vector<Task<RecordResult>> tasks;
    for (int i = 0; i < 20; ++i) {
        tasks.push_back((i % 2 ? store() : *other).commit(refusal(payment, "one-" + to_string(payment.id)), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, RecordResult::won), 1);
    EXPECT_EQ(std::ranges::count(results, RecordResult::key_taken), 19);
    EXPECT_THAT(wait(store().operations_of(payment.id, soon())), SizeIs(2));
}

TEST_F(RecordTest, a_batch_of_winners_and_losers_keeps_the_books_exact) {
    auto other = another_store();
    std::vector<Task<RecordResult>> tasks;
    for (int i = 0; i < 30; ++i) {
        const Operation refund = refunded();
        const Record record = reversal(refund.payment, refund.attempt);
        tasks.push_back(store().commit(record, soon()));
        if (i % 3 == 0) tasks.push_back(other->commit(reversal(refund.payment, refund.attempt), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, RecordResult::won), 30);
    expect_exact_books();
}

TEST_F(RecordTest, a_refund_that_failed_later_is_given_back_once) {
    const Operation refund = refunded();
    EXPECT_EQ(rows("watched_operations", refund.attempt.operation), 1);
    auto other = another_store();
    std::vector<Task<RecordResult>> tasks;
    for (int i = 0; i < 10; ++i) {
        tasks.push_back((i % 2 ? store() : *other).commit(reversal(refund.payment, refund.attempt), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, RecordResult::won), 1);
    EXPECT_EQ(std::ranges::count(results, RecordResult::version_moved), 9);

    const Payment now = stored(refund.payment.id);
    EXPECT_EQ(now.amounts.refunded, 0);
    EXPECT_EQ(now.status, Status::captured);
    EXPECT_EQ(rows("watched_operations", refund.attempt.operation), 0);
    EXPECT_EQ(rows("operation_reversals", refund.attempt.operation), 1);
    const auto balance = wait(store().balance_of(merchant_, false, soon()));
    ASSERT_THAT(balance, SizeIs(1));
    EXPECT_EQ(balance[0].balance, -(1000 - 75));

    const auto operations = wait(store().operations_of(now.id, soon()));
    ASSERT_THAT(operations, SizeIs(3));
    EXPECT_EQ(operations[2].attempt.kind, OperationKind::refund_failure);
    EXPECT_EQ(operations[2].attempt.parameters.reverses, refund.attempt.operation);
    EXPECT_EQ(operations[2].outcome, Outcome::approved);
    expect_exact_books();
}

TEST_F(RecordTest, a_second_reversal_decided_on_the_new_version_is_refused_and_writes_nothing) {
    const Operation refund = refunded();
    EXPECT_EQ(commit(reversal(refund.payment, refund.attempt)), RecordResult::won);
    const Operation second = open_modification(stored(refund.payment.id), OperationKind::refund, 400);
    const Settlement settlement = approved(second);
    EXPECT_EQ(settle(settlement), SettlementResult::won);
    const Record again = reversal(settlement.step.payment, refund.attempt);
    EXPECT_EQ(commit(again), RecordResult::reversed);
    EXPECT_EQ(rows("operations", again.settlement.attempt.operation), 0);
    EXPECT_EQ(stored(refund.payment.id).amounts.refunded, 400);
    expect_exact_books();
}

TEST_F(RecordTest, a_capture_that_was_taken_back_is_held_again) {
    const Operation capture = open_modification(authorized_payment(1000), OperationKind::capture);
    const Settlement settlement = approved(capture);
    EXPECT_EQ(settle(settlement), SettlementResult::won);
    const std::string held =
        "select count(*) from held_authorizations where payment_id = '" + to_string(capture.payment.id.uuid()) + "'";
    EXPECT_EQ(count(held), 0);
    EXPECT_EQ(commit(reversal(settlement.step.payment, capture.attempt)), RecordResult::won);
    EXPECT_EQ(stored(capture.payment.id).status, Status::authorized);
    EXPECT_EQ(count(held), 1);
    expect_exact_books();
}

}  // namespace
}  // namespace florin::store::test
