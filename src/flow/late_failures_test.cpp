#include "flow/late_failures.hpp"

#include <gmock/gmock.h>

#include "flow/modification_fixture.hpp"
#include "flow/reversal.hpp"

namespace florin::flow {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

TEST(NextLook, is_the_first_of_the_table_that_has_not_passed) {
    const std::vector<Milliseconds> looks{hours(1), hours(24), hours(72)};
    struct {
        Milliseconds age;
        std::optional<Milliseconds> expected;
    } const rows[] = {{Milliseconds(0), hours(1)}, {hours(1), hours(23)}, {hours(2), hours(22)},
                      {hours(24), hours(48)},      {hours(72), {}},       {hours(1000), {}}};
    for (const auto& row : rows) EXPECT_EQ(next_look(looks, row.age), row.expected) << row.age.count();
    EXPECT_FALSE(next_look({}, hours(1)));
}

class LateFailuresTest : public ModificationTest {
protected:
    LateFailuresTest() {
        psp.table.refund_looks = {hours(1), hours(24)};
        psp.table.capture_looks = {hours(1)};
    }
    PaymentId refunded(std::int64_t amount = 40) {
        const auto payment = sold(100);
        EXPECT_EQ(gateway.send(refund("refund", payment, amount))->status, 200);
        return payment;
    }
    void look() {
        DutyLoop failures(gateway.services, gateway.accounts.all.front(), kLateFailures);
        loop.wait_for(failures.pass());
        loop.wait_for(failures.finish());
    }
    std::vector<store::Watched> take_watched() {
        return loop.wait_for(
            gateway.store.take_watched({"stripe", "main", false}, Milliseconds(0), 10, Deadline::after(kPatience)));
    }
    std::string watched() const { return Database::shared().run("select count(*)::text from watched_operations"); }
    std::size_t operations_of(PaymentId payment, OperationKind kind) {
        const auto rows = loop.wait_for(gateway.store.operations_of(payment, Deadline::after(kPatience)));
        return static_cast<std::size_t>(
            std::ranges::count(rows, kind, [](const store::OperationRow& row) { return row.attempt.kind; }));
    }
    static psp::Answer failed() { return declined("re_x", "refund_failed"); }
};

TEST_F(LateFailuresTest, a_refund_that_stands_is_looked_at_as_the_table_says_and_then_no_more) {
    const auto payment = refunded();
    look();
    EXPECT_TRUE(psp.read_calls.empty());
    shift_database_clock("61 minutes");
    look();
    EXPECT_EQ(psp.read_calls.size(), 1U);
    look();
    EXPECT_EQ(psp.read_calls.size(), 1U);
    shift_database_clock("25 hours");
    look();
    EXPECT_EQ(psp.read_calls.size(), 2U);
    EXPECT_EQ(watched(), "0");
    EXPECT_EQ(amounts(payment).refunded, 40);
}

TEST_F(LateFailuresTest, a_refund_that_fails_later_is_reversed_by_an_operation_of_its_own) {
    const auto payment = refunded();
    const auto refund_answer = gateway.send(refund("refund", payment, 40));
    shift_database_clock("61 minutes");
    psp.reads = {failed()};
    look();
    const auto after = read(gateway, payment);
    EXPECT_EQ(after.amounts, (payments::Amounts{.authorized = 100, .captured = 100}));
    EXPECT_EQ(after.status, Status::captured);
    EXPECT_EQ(operations_of(payment, OperationKind::refund_failure), 1U);
    EXPECT_EQ(debits(gateway, payment, "refund"), 40);
    EXPECT_EQ(debits(gateway, payment, "refund_reversal"), 40);
    EXPECT_THAT(metrics(), HasSubstr("late_failure"));
    EXPECT_EQ(watched(), "0");
    const auto audit = loop.wait_for(gateway.store.audit_of(payment, Deadline::after(kPatience)));
    EXPECT_EQ(audit.back().actor, kLateFailureActor);
    // The merchant's own answer stands as it was given; the amount may be refunded again.
    EXPECT_EQ(gateway.send(refund("refund", payment, 40))->body, refund_answer->body);
    EXPECT_EQ(gateway.send(refund("again", payment, 100))->status, 200);
}

TEST_F(LateFailuresTest, the_failure_names_the_refund_at_the_psp_and_closes_when_it_began_or_later) {
    const auto payment = refunded();
    shift_database_clock("61 minutes");
    psp.reads = {failed()};
    look();
    const auto rows = loop.wait_for(gateway.store.operations_of(payment, Deadline::after(kPatience)));
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[2].attempt.kind, OperationKind::refund_failure);
    EXPECT_EQ(rows[2].psp_reference, rows[1].psp_reference);
    EXPECT_TRUE(rows[2].psp_reference->starts_with("re_"));
    // The database's clock is an hour ahead of the gateway's.
    EXPECT_GE(rows[2].closed_at, rows[2].created_at);
}

TEST_F(LateFailuresTest, a_look_without_a_clear_answer_is_taken_again_later_and_one_without_an_end_with_its_lease) {
    refunded();
    shift_database_clock("61 minutes");
    psp.reads = {unclear()};
    psp.hold_next();
    DutyLoop failures(gateway.services, gateway.accounts.all.front(), kLateFailures);
    loop.wait_for(failures.pass());
    ASSERT_TRUE(loop.until([&] { return psp.read_calls.size() == 1; }));
    const auto seconds_to_the_next_look = [] {
        return std::stoi(Database::shared().run(
            "select extract(epoch from next_look - florin_now())::int::text from watched_operations"));
    };
    EXPECT_LE(seconds_to_the_next_look(), 25) << "the lease";
    psp.release();
    loop.wait_for(failures.finish());
    EXPECT_GT(seconds_to_the_next_look(), 500);
}

TEST_F(LateFailuresTest, two_workers_that_see_it_reverse_it_once) {
    const auto payment = refunded();
    Gateway other(loop, psp, quick_options());
    shift_database_clock("61 minutes");
    const auto seen = take_watched();
    ASSERT_EQ(seen.size(), 1U);
    payments::Judgement judgement{.outcome = Outcome::declined,
                                  .psp_reference = seen[0].psp_reference,
                                  .decline = failed().decline,
                                  .next_action = {}};
    int ended = 0;
    for (auto* worker : {&gateway, &other}) {
        boost::asio::co_spawn(loop.io, record_failure(worker->services, seen[0], judgement, "script"),
                              [&](std::exception_ptr failure) {
                                  EXPECT_FALSE(failure);
                                  ++ended;
                              });
    }
    ASSERT_TRUE(loop.until([&] { return ended == 2; }));
    EXPECT_EQ(operations_of(payment, OperationKind::refund_failure), 1U);
    EXPECT_EQ(debits(gateway, payment, "refund_reversal"), 40);
    EXPECT_EQ(amounts(payment).refunded, 0);
}

TEST_F(LateFailuresTest, a_reversal_finds_its_way_past_operations_that_move_the_payment) {
    const auto payment = refunded();
    shift_database_clock("61 minutes");
    const auto seen = take_watched();
    ASSERT_EQ(seen.size(), 1U);
    ASSERT_EQ(gateway.send(refund("more", payment, 10))->status, 200);
    payments::Judgement judgement{
        .outcome = Outcome::declined, .psp_reference = {}, .decline = failed().decline, .next_action = {}};
    loop.wait_for(record_failure(gateway.services, seen[0], judgement, "script"));
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100, .refunded = 10}));
}

TEST_F(LateFailuresTest, an_unclear_answer_reverses_nothing_and_is_looked_at_again) {
    const auto payment = refunded();
    shift_database_clock("61 minutes");
    psp.reads = {unclear(), failed()};
    look();
    EXPECT_EQ(amounts(payment).refunded, 40);
    shift_database_clock("75 minutes");
    look();
    EXPECT_EQ(amounts(payment).refunded, 0);
}

TEST_F(LateFailuresTest, a_capture_that_is_taken_back_is_held_again_and_its_fees_come_back) {
    const auto payment = authorized(1000);
    ASSERT_EQ(gateway.send(capture("k", payment))->status, 200);
    shift_database_clock("61 minutes");
    psp.reads = {declined(*read(gateway, payment).psp_reference, "capture_failed")};
    look();
    const auto after = read(gateway, payment);
    EXPECT_EQ(after.amounts, (payments::Amounts{.authorized = 1000}));
    EXPECT_EQ(after.status, Status::authorized);
    std::int64_t all = 0;
    std::map<std::string, std::int64_t> balances;
    for (const auto& row : loop.wait_for(gateway.store.ledger_of(payment, Deadline::after(kPatience)))) {
        all += row.amount;
        balances[row.account] += row.amount;
    }
    EXPECT_EQ(all, 0);
    for (const auto& [account, balance] : balances) {
        EXPECT_EQ(balance != 0, account.find(":authorized:") != std::string::npos) << account << " " << balance;
    }
}

TEST_F(LateFailuresTest, a_capture_that_was_refunded_meanwhile_is_left_to_a_human) {
    const auto payment = authorized(100);
    ASSERT_EQ(gateway.send(capture("k", payment))->status, 200);
    ASSERT_EQ(gateway.send(refund("r", payment))->status, 200);
    shift_database_clock("61 minutes");
    psp.reads = {declined(*read(gateway, payment).psp_reference, "capture_failed"),
                 declined(*read(gateway, payment).psp_reference, "capture_failed")};
    const auto seen = take_watched();
    ASSERT_EQ(seen.size(), 2U);
    for (const auto& one : seen) {
        if (one.attempt.kind != OperationKind::capture) continue;
        payments::Judgement judgement{
            .outcome = Outcome::declined, .psp_reference = {}, .decline = failed().decline, .next_action = {}};
        loop.wait_for(record_failure(gateway.services, one, judgement, "script"));
    }
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100, .refunded = 100}));
    EXPECT_THAT(metrics(), HasSubstr("late_failure"));
    EXPECT_EQ(watched(), "1");  // the refund
}

}  // namespace
}  // namespace florin::flow
