// Rule 24: a late success that has no place any more is undone once, whoever brings the news and whatever breaks.
#include "flow/late_fixture.hpp"

namespace florin::flow {
namespace {

using Lines = std::vector<std::string>;

class CompensationTest : public LateFixture {
protected:
    // Attempt 1 was taken for not executed, attempt 2 charged; then the first one shows too.
    void charge_twice(bool holds_only = false) {
        const auto asked = holds_only ? hold("k") : command("k");
        owner_sleeps_on(asked);
        ASSERT_EQ(gateway.send(asked)->status, 200);
        payment = stored(gateway, "k").payment.id;
        late_object = "pi_" + to_string(stored(gateway, "k").attempt.operation) + "_1";
        std::ranges::replace(late_object, '-', '_');  // as the scripted PSP names it
    }
    // The calls that undo something.
    std::vector<psp::Call> undoing() const {
        std::vector<psp::Call> calls;
        for (const auto& call : psp.calls) {
            if (call.payment_reference == late_object) calls.push_back(call);
        }
        return calls;
    }
    std::vector<std::optional<Outcome>> ends() {
        std::vector<std::optional<Outcome>> ends;
        for (const auto& row : answers(payment)) ends.push_back(row.outcome);
        return ends;
    }
    static const inline Lines kReturned = {"late_charge receivable:EUR 941", "late_charge fees:EUR 59",
                                           "late_charge late_charges:EUR -1000", "late_return late_charges:EUR 1000",
                                           "late_return receivable:EUR -1000"};

    PaymentId payment;
    std::string late_object;
};

TEST_F(CompensationTest, a_late_sale_beside_a_newer_one_is_given_back_and_booked) {
    charge_twice();
    const auto before = read(gateway, payment);
    owner_wakes();
    ASSERT_EQ(undoing().size(), 1U);
    EXPECT_EQ(undoing()[0].kind, OperationKind::refund);
    EXPECT_EQ(undoing()[0].amount.minor_units(), 1000);
    const auto rows = answers(payment);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].attempt.kind, OperationKind::late_refund);
    EXPECT_EQ(rows[0].outcome, Outcome::approved);
    EXPECT_EQ(rows[0].attempt.parameters.late->reference, late_object);
    EXPECT_EQ(rows[0].attempt.parameters.late->attempt, 1);
    EXPECT_EQ(late_lines(payment), kReturned);
    const auto after = read(gateway, payment);
    EXPECT_EQ(after.amounts, before.amounts);
    EXPECT_EQ(after.psp_reference, before.psp_reference);
    EXPECT_EQ(after.updated_at, before.updated_at);
    EXPECT_EQ(standing(), 0);
    EXPECT_NE(owner.metrics.render().find("florin_late_successes_total{psp=\"stripe\",what=\"late_refund\"} 1"),
              std::string::npos);
}

// The number is the one read plus one: what was closed after it stays the last word.
TEST_F(CompensationTest, a_late_sale_beside_a_newer_one_that_was_not_executed_is_given_back_too) {
    owner_sleeps_on(command("k"));
    psp.answers = {refused_unsent()};
    ASSERT_EQ(gateway.send(command("k"))->status, 503);
    payment = stored(gateway, "k").payment.id;
    owner_wakes();
    EXPECT_EQ(ends(), (std::vector<std::optional<Outcome>>{Outcome::approved}));
    EXPECT_EQ(late_lines(payment), kReturned);
    EXPECT_EQ(stored(gateway, "k").attempt.number, 2);
    EXPECT_EQ(read(gateway, payment).status, Status::failed);
}

TEST_F(CompensationTest, a_late_hold_is_released_and_stays_on_memo_accounts) {
    charge_twice(true);
    owner_wakes();
    ASSERT_EQ(undoing().size(), 1U);
    EXPECT_EQ(undoing()[0].kind, OperationKind::void_);
    EXPECT_EQ(late_lines(payment), (Lines{"late_charge authorized:EUR 1000", "late_charge late_holds:EUR -1000",
                                          "late_return late_holds:EUR 1000", "late_return authorized:EUR -1000"}));
    EXPECT_EQ(read(gateway, payment).status, Status::authorized);
}

TEST_F(CompensationTest, however_many_bring_the_news_it_is_undone_once) {
    charge_twice();
    owner_wakes();
    tell(gateway, notice("k", 1, late_object));
    tell(owner, notice("k", 1, late_object));
    EXPECT_EQ(undoing().size(), 1U);
    EXPECT_EQ(answers(payment).size(), 1U);
    EXPECT_EQ(late_lines(payment), kReturned);
}

TEST_F(CompensationTest, two_processes_at_once_open_one_answer) {
    charge_twice();
    std::size_t done = 0;
    for (auto* process : {&gateway, &owner, &gateway, &owner}) {
        boost::asio::co_spawn(loop.io, bring(*process, notice("k", 1, late_object)),
                              [&](std::exception_ptr error) { done += error ? 0 : 1; });
    }
    ASSERT_TRUE(loop.until([&] { return done == 4; }));
    EXPECT_EQ(undoing().size(), 1U);
    EXPECT_EQ(ends(), (std::vector<std::optional<Outcome>>{Outcome::approved}));
}

TEST_F(CompensationTest, a_402_that_was_charged_after_all_is_given_back) {
    psp.answers = {declined("pi_" + to_string(merchant.id))};
    ASSERT_EQ(gateway.send(command("k"))->status, 402);
    payment = stored(gateway, "k").payment.id;
    late_object = "pi_" + to_string(merchant.id);
    tell(gateway, notice("k", 1, late_object));
    EXPECT_EQ(undoing().size(), 1U);
    EXPECT_EQ(read(gateway, payment).status, Status::failed);
    EXPECT_EQ(late_lines(payment), kReturned);
}

TEST_F(CompensationTest, one_without_an_answer_stands_until_the_resolver_has_proven_its_end) {
    charge_twice();
    psp.answers = {unclear()};
    owner_wakes();
    EXPECT_EQ(ends(), (std::vector<std::optional<Outcome>>{std::nullopt}));
    EXPECT_EQ(standing(), 1);
    end_leases();
    ASSERT_TRUE(worker_reaches([&] { return !standing(); }));
    EXPECT_EQ(late_lines(payment), kReturned);
    ASSERT_EQ(undoing().size(), 2U);
    EXPECT_EQ(undoing()[0].operation, undoing()[1].operation);
    EXPECT_EQ(undoing()[0].attempt, undoing()[1].attempt) << "the same key";
}

TEST_F(CompensationTest, one_that_reached_nobody_is_tried_again_as_the_next_attempt) {
    charge_twice();
    psp.answers = {refused_unsent()};
    owner_wakes();
    EXPECT_EQ(ends(), (std::vector<std::optional<Outcome>>{Outcome::not_executed}));
    EXPECT_EQ(standing(), 1);
    ASSERT_TRUE(worker_reaches([&] { return !standing(); }));
    EXPECT_EQ(ends(), (std::vector<std::optional<Outcome>>{Outcome::not_executed, Outcome::approved}));
    EXPECT_EQ(late_lines(payment), kReturned);
}

// Rule 15: where a used key can execute again nothing is repeated; the fence proves, and the next attempt has its own
// key.
TEST_F(CompensationTest, where_no_repeat_is_safe_the_next_attempt_waits_for_the_time_fence) {
    psp.table.stores_errors = false;
    psp.table.proofs = {psp::Proof::look_up};
    charge_twice();
    psp.answers = {unclear()};
    owner_wakes();
    end_leases();
    gateway.start_worker();
    const auto looked = psp.look_ups;
    ASSERT_TRUE(eventually([&] { return psp.look_ups > looked; }));
    gateway.stop_worker();
    EXPECT_EQ(undoing().size(), 1U);
    shift_database_clock("26 hours");
    ASSERT_TRUE(worker_reaches([&] { return !standing(); }));
    EXPECT_EQ(ends(), (std::vector<std::optional<Outcome>>{Outcome::not_executed, Outcome::approved}));
    ASSERT_EQ(undoing().size(), 2U);
    EXPECT_NE(undoing()[0].attempt, undoing()[1].attempt);
}

// The PSP takes one capture of such a payment: whichever attempt it was, the open one is proven by it.
TEST_F(CompensationTest, the_only_capture_is_not_given_back_while_its_next_attempt_is_open) {
    payment = authorized(100);
    owner_sleeps_on(capture("k", payment));
    psp.answers = {unclear()};
    const auto calls = psp.calls.size();
    const auto repeat = gateway.begin(capture("k", payment));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() > calls; }));
    tell(gateway, notice("k", 1, *read(gateway, payment).psp_reference));
    EXPECT_TRUE(answers(payment).empty());
    end_leases();
    ASSERT_TRUE(worker_settles("k"));
    tell(gateway, notice("k", 1, *read(gateway, payment).psp_reference));
    EXPECT_TRUE(answers(payment).empty());
    EXPECT_EQ(amounts(payment).captured, 100);
}

TEST_F(CompensationTest, a_return_that_the_psp_takes_back_later_stands_in_suspense_once) {
    psp.table.refund_looks = {Milliseconds{3'600'000}, Milliseconds{30 * 24 * 3'600'000LL}};
    charge_twice();
    owner_wakes();
    shift_database_clock("2 hours");
    psp.reads = {declined("re_1", "refund_failed"), declined("re_1", "refund_failed")};
    ASSERT_TRUE(worker_reaches([&] { return answers(payment).size() == 2; }));
    EXPECT_EQ(answers(payment)[1].attempt.kind, OperationKind::late_suspense);
    auto lines = kReturned;
    for (const char* line : {"late_charge receivable:EUR 1000", "late_charge late_charges:EUR -1000",
                             "late_suspense late_charges:EUR 1000", "late_suspense suspense:EUR -1000"}) {
        lines.emplace_back(line);
    }
    EXPECT_EQ(late_lines(payment), lines);
    EXPECT_EQ(Database::shared().run("select count(*)::text from watched_operations"), "0");
}

TEST_F(CompensationTest, one_that_the_psp_declines_ends_in_suspense_and_is_told) {
    charge_twice();
    psp.answers = {refused_by_state("not_refundable")};
    owner_wakes();
    EXPECT_EQ(ends(), (std::vector<std::optional<Outcome>>{Outcome::declined}));
    EXPECT_EQ(late_lines(payment),
              (Lines{"late_charge receivable:EUR 941", "late_charge fees:EUR 59", "late_charge late_charges:EUR -1000",
                     "late_suspense late_charges:EUR 1000", "late_suspense suspense:EUR -1000"}));
    EXPECT_NE(owner.metrics.render().find("late_charge_stays"), std::string::npos);
    EXPECT_EQ(standing(), 0);
}

}  // namespace
}  // namespace florin::flow
