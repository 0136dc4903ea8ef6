#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::Outcome;
using payments::Status;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using SettleTest = StoreTest;

TEST_F(SettleTest, an_approval_writes_result_journal_audit_and_closes_the_attempt) {
    const Operation sale = open_sale(10'000);
    const Settlement settlement = approved(sale);
    EXPECT_EQ(wait(store().commit(settlement, soon())), SettlementResult::won);

    const auto stored = wait(store().find_by_key(merchant_, false, sale.key, soon()));
    ASSERT_TRUE(stored && stored->result);
    EXPECT_EQ(stored->result->outcome, Outcome::approved);
    EXPECT_EQ(stored->result->http_status, 200);
    EXPECT_EQ(stored->result->body, settlement.step.body);
    EXPECT_EQ(stored->payment.status, Status::captured);
    EXPECT_EQ(stored->payment.version, 2);
    EXPECT_EQ(payments::document(stored->payment), settlement.step.body);

    const auto lines = wait(store().ledger_of(sale.payment.id, soon()));
    ASSERT_THAT(lines, SizeIs(4));
    std::int64_t sum = 0;
    for (const auto& line : lines) sum += line.amount;
    EXPECT_EQ(sum, 0);
    const auto balance = wait(store().balance_of(merchant_, false, soon()));
    ASSERT_THAT(balance, SizeIs(1));
    EXPECT_EQ(balance[0].balance, -(10'000 - 390));

    const auto audit = wait(store().audit_of(sale.payment.id, soon()));
    ASSERT_THAT(audit, SizeIs(2));
    EXPECT_EQ(audit[0].from + ">" + audit[0].to, ">pending");
    EXPECT_EQ(audit[1].from + ">" + audit[1].to, "pending>captured");
    EXPECT_EQ(audit[1].sequence, 2);
    const auto results = wait(store().find_results({{sale.payment.id, sale.attempt.operation}}, soon()));
    EXPECT_THAT(results, SizeIs(1));
    EXPECT_EQ(
        count("select count(*) from open_operations where payment_id = '" + to_string(sale.payment.id.uuid()) + "'"),
        0);
}

TEST_F(SettleTest, the_second_settlement_of_an_attempt_loses_and_posts_nothing) {
    const Operation sale = open_sale();
    EXPECT_EQ(wait(store().commit(approved(sale), soon())), SettlementResult::won);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(wait(store().commit(approved(sale), soon())), SettlementResult::lost);
    EXPECT_THAT(wait(store().ledger_of(sale.payment.id, soon())), SizeIs(4));
}

TEST_F(SettleTest, a_decline_posts_no_journal) {
    const Operation sale = open_sale();
    EXPECT_EQ(wait(store().commit(declined(sale), soon())), SettlementResult::won);
    const auto payment = wait(store().find_payment(merchant_, false, sale.payment.id, soon()));
    EXPECT_EQ(payment->status, Status::failed);
    EXPECT_EQ(payment->failure_code, "insufficient_funds");
    EXPECT_THAT(wait(store().ledger_of(sale.payment.id, soon())), IsEmpty());
}

TEST_F(SettleTest, a_reference_of_another_operation_refuses_the_item_and_writes_nothing) {
    const Operation first = open_sale();
    const Operation second = open_sale();
    const std::string reference = "pi_shared_" + to_string(first.payment.id);
    EXPECT_EQ(wait(store().commit(approved(first, reference), soon())), SettlementResult::won);
    EXPECT_EQ(wait(store().commit(approved(second, reference), soon())), SettlementResult::reference_taken);
    EXPECT_EQ(wait(store().find_payment(merchant_, false, second.payment.id, soon()))->status, Status::pending);
    EXPECT_THAT(wait(store().ledger_of(second.payment.id, soon())), IsEmpty());
}

TEST_F(SettleTest, a_reference_that_the_operation_holds_already_counts_as_claimed) {
    const Operation sale = open_sale();
    const std::string reference = "pi_own_" + to_string(sale.payment.id);
    const auto step = judged(sale, {.outcome = Outcome::action_required,
                                    .psp_reference = reference,
                                    .decline = std::nullopt,
                                    .next_action = payments::NextAction{"https://bank.example/3ds"}});
    EXPECT_EQ(wait(store().commit(step, soon())), SettlementResult::won);
    EXPECT_EQ(wait(store().commit(approved(after(sale, step), reference), soon())), SettlementResult::won);
    const auto audit = wait(store().audit_of(sale.payment.id, soon()));
    ASSERT_THAT(audit, SizeIs(3));
    EXPECT_EQ(audit[2].from + ">" + audit[2].to, "requires_action>captured");
}

TEST_F(SettleTest, not_executed_needs_the_lease_and_a_fact_does_not) {
    const Operation sale = open_sale();
    EXPECT_EQ(wait(store().commit(not_executed(sale, 2), soon())), SettlementResult::lost);
    Settlement fact = approved(sale);
    fact.generation = 99;
    EXPECT_EQ(wait(store().commit(fact, soon())), SettlementResult::won);

    const Operation other = open_sale();
    EXPECT_EQ(wait(store().commit(not_executed(other, 1), soon())), SettlementResult::won);
    const auto stored = wait(store().find_by_key(merchant_, false, other.key, soon()));
    EXPECT_EQ(stored->result->http_status, 503);
}

TEST_F(SettleTest, balances_are_exact_when_some_items_of_a_batch_lose) {
    std::vector<Operation> sales;
    for (int i = 0; i < 40; ++i) sales.push_back(open_sale(1000 + i));
    for (int i = 0; i < 40; i += 5) wait(store().commit(declined(sales[static_cast<std::size_t>(i)]), soon()));
    std::vector<Task<SettlementResult>> tasks;
    for (const Operation& sale : sales) tasks.push_back(store().commit(approved(sale), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, SettlementResult::won), 32);
    expect_exact_books();
}

TEST_F(SettleTest, two_processes_race_on_the_same_payments_and_one_wins_each) {
    auto other = another_store();
    std::vector<Task<SettlementResult>> tasks;
    for (int i = 0; i < 60; ++i) {
        const Operation sale = open_sale();
        tasks.push_back(store().commit(approved(sale), soon()));
        tasks.push_back(other->commit(i % 2 ? approved(sale) : not_executed(sale), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    for (std::size_t i = 0; i < results.size(); i += 2) {
        EXPECT_NE(results[i] == SettlementResult::won, results[i + 1] == SettlementResult::won);
    }
}

TEST_F(SettleTest, links_name_the_changes_of_a_batch_in_order_and_continue_each_other) {
    std::vector<Task<SettlementResult>> tasks;
    for (int i = 0; i < 10; ++i) tasks.push_back(store().commit(approved(open_sale()), soon()));
    wait_all(std::move(tasks));
    expect_exact_books();
}

}  // namespace
}  // namespace florin::store::test
