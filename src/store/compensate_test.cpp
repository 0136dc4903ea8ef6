// What undoes a late success is opened once for ever, whoever races; watched attempts are given out in time.
#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::OperationKind;
using payments::Outcome;
using ::testing::SizeIs;

class CompensateTest : public StoreTest {
protected:
    // Its first attempt was not executed, its second one captured.
    Operation captured_by_the_second() {
        const Operation sale = open_sale(1000);
        const Settlement first = not_executed(sale);
        EXPECT_EQ(settle(first), SettlementResult::won);
        const NextAttempt second = next_attempt(after(sale, first));
        EXPECT_TRUE(won(wait(store().commit(second, soon()))));
        const Operation reopened{second.payment, second.attempt, sale.key};
        const Settlement captured = approved(reopened);
        EXPECT_EQ(settle(captured), SettlementResult::won);
        return after(reopened, captured);
    }
    static Compensation undo(const Operation& sale, std::string reference) {
        Compensation compensation{.late = {.operation = sale.attempt.operation,
                                           .attempt = 1,
                                           .reference = reference,
                                           .reference_is_new = true},
                                  .attempt = make_attempt(sale.payment, OperationKind::late_refund, 1000),
                                  .payment = sale.payment,
                                  .expected_version = sale.payment.version,
                                  .durations = kDurations};
        compensation.attempt.parameters.late = payments::LateSuccess{sale.attempt.operation, 1, std::move(reference)};
        ++compensation.payment.version;
        return compensation;
    }
    CompensationResult commit(const Compensation& compensation) { return wait(store().commit(compensation, soon())); }
    static Record suspense(const Operation& sale, std::string reference) {
        auto attempt = make_attempt(sale.payment, OperationKind::late_suspense, 1000);
        attempt.parameters.late = payments::LateSuccess{sale.attempt.operation, 1, reference};
        return {.settlement = approved({sale.payment, attempt, ""}),
                .key = "",
                .late = LateClaim{.operation = sale.attempt.operation,
                                  .attempt = 1,
                                  .reference = std::move(reference),
                                  .reference_is_new = true}};
    }
    RecordResult commit(const Record& record) { return wait(store().commit(record, soon())); }
    static std::string late_object(const Operation& sale) { return "pi_late_" + to_string(sale.payment.id); }
    std::int64_t rows(const std::string& table, OperationId operation) {
        return count("select count(*) from " + table + " where operation_id = '" + to_string(operation.uuid()) + "'");
    }
};

TEST_F(CompensateTest, it_opens_the_operation_with_its_claims_and_moves_nothing_but_the_version) {
    const Operation sale = captured_by_the_second();
    const Compensation undoing = undo(sale, late_object(sale));
    EXPECT_EQ(commit(undoing), CompensationResult::won);
    const auto now = stored(sale.payment.id);
    EXPECT_EQ(now.version, sale.payment.version + 1);
    EXPECT_EQ(now.amounts, sale.payment.amounts);
    EXPECT_EQ(now.updated_at, sale.payment.updated_at);
    EXPECT_EQ(rows("open_operations", undoing.attempt.operation), 1);
    EXPECT_EQ(rows("standing_late_charges", undoing.attempt.operation), 1);
    EXPECT_EQ(rows("late_charges", sale.attempt.operation), 1);
    EXPECT_EQ(count("select attempt::int8 from psp_references where psp_reference = '" + late_object(sale) + "'"), 1);
}

TEST_F(CompensateTest, of_many_that_race_in_two_processes_one_opens_it) {
    auto other = another_store();
    const Operation sale = captured_by_the_second();
    std::vector<Task<CompensationResult>> tasks;
    for (int i = 0; i < 10; ++i) {
        tasks.push_back((i % 2 ? store() : *other).commit(undo(sale, late_object(sale)), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, CompensationResult::won), 1);
    EXPECT_EQ(std::ranges::count(results, CompensationResult::version_moved), 9);
    EXPECT_EQ(rows("late_charges", sale.attempt.operation), 1);
    EXPECT_THAT(wait(store().operations_of(sale.payment.id, soon())), SizeIs(3));
}

TEST_F(CompensateTest, who_comes_later_learns_that_it_is_known_and_writes_nothing) {
    Operation sale = captured_by_the_second();
    EXPECT_EQ(commit(undo(sale, late_object(sale))), CompensationResult::won);
    sale.payment = stored(sale.payment.id);
    EXPECT_EQ(commit(undo(sale, late_object(sale))), CompensationResult::known);
    EXPECT_EQ(stored(sale.payment.id).version, sale.payment.version);
}

TEST_F(CompensateTest, a_second_object_of_the_same_attempt_is_told) {
    Operation sale = captured_by_the_second();
    EXPECT_EQ(commit(undo(sale, late_object(sale))), CompensationResult::won);
    sale.payment = stored(sale.payment.id);
    EXPECT_EQ(commit(undo(sale, late_object(sale) + "_2")), CompensationResult::reference_taken);
}

TEST_F(CompensateTest, an_object_of_another_operation_is_refused) {
    const Operation sale = captured_by_the_second();
    const Operation other = captured_by_the_second();
    EXPECT_EQ(commit(undo(sale, late_object(sale))), CompensationResult::won);
    EXPECT_EQ(commit(undo(other, late_object(sale))), CompensationResult::reference_taken);
    EXPECT_EQ(rows("late_charges", other.attempt.operation), 0);
    EXPECT_EQ(stored(other.payment.id).version, other.payment.version);
}

TEST_F(CompensateTest, what_cannot_be_undone_is_booked_once_and_never_with_the_object_of_another_operation) {
    Operation sale = captured_by_the_second();
    const Operation other = captured_by_the_second();
    ASSERT_EQ(commit(suspense(sale, late_object(sale))), RecordResult::won);
    sale.payment = stored(sale.payment.id);
    EXPECT_EQ(count("select attempt::int8 from psp_references where psp_reference = '" + late_object(sale) + "'"), 1);
    EXPECT_EQ(commit(suspense(sale, late_object(sale))), RecordResult::reversed);

    const Record foreign = suspense(other, late_object(sale));
    EXPECT_EQ(commit(foreign), RecordResult::reference_taken);
    EXPECT_EQ(rows("operations", foreign.settlement.attempt.operation), 0);
    EXPECT_EQ(rows("ledger_entries", foreign.settlement.attempt.operation), 0);
    EXPECT_EQ(rows("late_charges", other.attempt.operation), 0);
    expect_exact_books();
}

TEST_F(CompensateTest, of_two_that_claim_one_object_in_one_batch_one_is_booked) {
    std::vector<Task<RecordResult>> tasks;
    const Operation first = captured_by_the_second(), second = captured_by_the_second();
    tasks.push_back(store().commit(suspense(first, late_object(first)), soon()));
    tasks.push_back(store().commit(suspense(second, late_object(first)), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, RecordResult::won), 1);
    EXPECT_EQ(std::ranges::count(results, RecordResult::reference_taken), 1);
    expect_exact_books();
}

TEST_F(CompensateTest, a_loser_in_the_batch_of_a_winner_loses_alone) {
    std::vector<Task<CompensationResult>> tasks;
    for (int i = 0; i < 6; ++i) {
        Operation sale = captured_by_the_second();
        if (i % 2) ++sale.payment.version;
        tasks.push_back(store().commit(undo(sale, late_object(sale)), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, CompensationResult::won), 3);
    EXPECT_EQ(std::ranges::count(results, CompensationResult::version_moved), 3);
}

TEST_F(CompensateTest, what_stands_is_given_out_with_its_last_attempt_until_it_is_ended) {
    const Operation sale = captured_by_the_second();
    const Compensation undoing = undo(sale, late_object(sale));
    ASSERT_EQ(commit(undoing), CompensationResult::won);
    const auto mine = [&](const std::vector<StandingLate>& all) {
        return std::ranges::find(all, undoing.attempt.operation, [](const auto& one) { return one.attempt.operation; });
    };
    auto due = wait(store().take_standing(kAccount, Milliseconds(3'600'000), 100, soon()));
    ASSERT_NE(mine(due), due.end());
    EXPECT_FALSE(mine(due)->outcome);
    EXPECT_EQ(mine(due)->attempt.parameters.late, undoing.attempt.parameters.late);
    due = wait(store().take_standing(kAccount, Milliseconds(0), 100, soon()));
    EXPECT_EQ(mine(due), due.end()) << "its look was moved";

    const Operation open{stored(sale.payment.id), undoing.attempt, ""};
    ASSERT_EQ(settle(not_executed(open)), SettlementResult::won);
    wait(store().move_standing(undoing.attempt.operation, Milliseconds(0), soon()));
    due = wait(store().take_standing(kAccount, Milliseconds(0), 100, soon()));
    ASSERT_NE(mine(due), due.end());
    EXPECT_EQ(mine(due)->outcome, Outcome::not_executed);
    wait(store().end_standing(undoing.attempt.operation, soon()));
    EXPECT_EQ(rows("standing_late_charges", undoing.attempt.operation), 0);
}

class WatchedAttemptsTest : public CompensateTest {
protected:
    // Closed by the time fence.
    Operation closed(Milliseconds first_look, Milliseconds until = Milliseconds(1'000'000)) {
        const Operation sale = open_sale();
        Settlement settlement = not_executed(sale);
        settlement.late_watch = Watch{.first_look = first_look, .until = until};
        EXPECT_EQ(settle(settlement), SettlementResult::won);
        return after(sale, settlement);
    }
    bool is_due(const Operation& sale, Milliseconds pause = Milliseconds(0)) {
        const auto due = wait(store().take_watched_attempts(kAccount, pause, 1000, soon()));
        return std::ranges::any_of(due,
                                   [&](const auto& one) { return one.attempt.operation == sale.attempt.operation; });
    }
    void look_again(const Operation& sale, std::optional<Milliseconds> after) {
        wait(store().move_watched_attempts({{sale.attempt.operation, sale.attempt.number, after}}, soon()));
    }
};

TEST_F(WatchedAttemptsTest, they_are_given_out_when_their_look_has_come) {
    EXPECT_FALSE(is_due(closed(Milliseconds(3'600'000))));
    const Operation sale = closed(Milliseconds(0));
    EXPECT_TRUE(is_due(sale, Milliseconds(3'600'000)));
    EXPECT_FALSE(is_due(sale));
    look_again(sale, Milliseconds(0));
    EXPECT_TRUE(is_due(sale));
    look_again(sale, std::nullopt);
    EXPECT_EQ(rows("watched_attempts", sale.attempt.operation), 0);
}

TEST_F(WatchedAttemptsTest, the_watch_ends_in_time_and_when_its_late_success_was_answered) {
    const Operation old = closed(Milliseconds(0), Milliseconds(0));
    look_again(old, Milliseconds(1'000));
    EXPECT_EQ(rows("watched_attempts", old.attempt.operation), 0);
    const Operation sale = closed(Milliseconds(0));
    ASSERT_EQ(commit(undo(sale, late_object(sale))), CompensationResult::won);
    look_again(sale, Milliseconds(1'000));
    EXPECT_EQ(rows("watched_attempts", sale.attempt.operation), 0);
}

TEST_F(WatchedAttemptsTest, a_success_that_could_not_be_placed_is_watched_whatever_closed_it) {
    const Operation sale = open_sale();
    const Settlement settlement = not_executed(sale);
    ASSERT_EQ(settle(settlement), SettlementResult::won);
    EXPECT_FALSE(is_due(sale));
    wait(store().watch_attempt(sale.attempt, Milliseconds(1'000), {Milliseconds(0), Milliseconds(60'000)}, soon()));
    EXPECT_TRUE(is_due(sale));
}

}  // namespace
}  // namespace florin::store::test
