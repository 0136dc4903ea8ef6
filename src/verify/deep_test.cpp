// `florin verify --deep`: clean on an honest PSP, and each planted disagreement is named.
#include "verify/deep_fixture.hpp"

namespace florin::verify {
namespace {

using namespace fixture;

TEST_F(VerifyDeep, an_honest_psp_agrees_and_what_is_open_is_told_not_blamed) {
    const auto report = look();
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "payments at the PSP"), static_cast<std::int64_t>(psp_.payments.size()));
    EXPECT_EQ(counted(report, "payments in the books"), 16);
    EXPECT_EQ(counted(report, "open"), 3);
    EXPECT_EQ(counted(report, "compared"), 13);
    ASSERT_EQ(report.open.size(), 3U);
    EXPECT_NE(report.open[1].second.find("capture of 4000"), std::string::npos) << report.open[1].second;
}

TEST_F(VerifyDeep, two_standing_charges_of_one_payment_are_named) {
    auto other = payment("pi_1");
    other.reference = "pi_other";
    psp_.payments.push_back(other);
    expect("charged_twice", "00010000", "2 charges stand at once: pi_1 with 10000");
    expect("conserved", "EUR", "at the PSP");
}

TEST_F(VerifyDeep, a_second_charge_that_was_given_back_stands_no_more) {
    auto other = payment("pi_1");
    other.reference = "pi_other";
    psp_.payments.push_back(other);
    auto back = refund("re_16_2");
    back.reference = "re_other";
    back.payment_reference = "pi_other";
    back.operation = OperationId(query(*admin_, "select world.id(1, 9)")[0].uuid(0));
    back.payment = other.payment;
    back.amount = back.moved = other.moved;
    psp_.refunds.push_back(back);
    EXPECT_EQ(words(look()).find("charged_twice"), std::string::npos);
}

TEST_F(VerifyDeep, an_operation_that_gave_back_twice_is_named) {
    auto again = refund("re_7_3");
    again.reference = "re_again";
    psp_.refunds.push_back(again);
    expect("refunded_twice", "00070003", "gave back 2 times: re_7_3 with 2000");
    expect("refunded", "00070000", "refunded are 6000 EUR in the books and 8000");
}

TEST_F(VerifyDeep, a_charge_behind_a_failure_is_named) {
    payment("pi_3").moved = 333;
    expect("failed_but_charged", "00030001-1", "the books say declined; stripe pi_3 holds 0 and took 333");
    payment("pi_3").moved = 0;
    auto late = payment("pi_2");
    late.reference = "pi_late";
    late.attempt = 1;
    psp_.payments.push_back(late);
    expect("failed_but_charged", "00020001-1", "the books say not_executed");
}

TEST_F(VerifyDeep, a_failure_that_may_still_be_charged_is_named) {
    payment("pi_3").is_open = true;
    expect("failed_but_charged", "00030001-1", "holds 0 and took 0 USD and may still take it");
    payment("pi_3").is_open = false;
    payment("pi_14").is_open = true;
    EXPECT_EQ(words(look()), "") << "it was approved";
}

TEST_F(VerifyDeep, a_charge_that_names_us_and_is_not_in_the_books_is_named) {
    auto lost = payment("pi_1");
    lost.reference = "pi_lost";
    lost.payment = PaymentId(query(*admin_, "select world.id(9999)")[0].uuid(0));
    psp_.payments.push_back(lost);
    expect("unknown_charge", "pi_lost", "which the books do not know");
}

TEST_F(VerifyDeep, charges_of_other_systems_are_counted_only) {
    auto foreign = payment("pi_1");
    foreign.reference = "pi_foreign";
    foreign.payment.reset();
    foreign.operation.reset();
    psp_.payments.push_back(foreign);
    const auto report = look();
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "of other systems"), 1);
}

// Attempt 1 of payment 2 succeeded after all, and operation 8 gives it back.
class VerifyLateCharge : public VerifyDeep {
protected:
    void SetUp() override {
        VerifyDeep::SetUp();
        auto late = payment("pi_2");
        late.reference = "pi_late";
        late.attempt = 1;
        psp_.payments.push_back(late);
        alter(
            "insert into late_charges (operation_id, attempt, payment_id, psp, psp_reference, compensated_by, "
            "created_at) values (world.id(2, 1), 1, world.id(2), 'stripe', 'pi_late', world.id(2, 8), now())");
    }
    void TearDown() override {
        for (const auto* table : {"operations", "operation_results", "standing_late_charges"}) {
            alter(fmt::format("delete from {} where operation_id = world.id(2, 8)", table));
        }
        alter("delete from late_charges where operation_id = world.id(2, 1)");
    }
    void is_standing() {
        alter(
            "insert into standing_late_charges (operation_id, payment_id, psp, psp_account, opened_at, next_look) "
            "values (world.id(2, 8), world.id(2), 'stripe', 'main', now(), now()); "
            "insert into operations select payment_id, world.id(2, 8), attempt, 'late_refund', amount, currency, "
            "parameters, psp, psp_account, encoder_version, actor, request_id, recorded_at from operations "
            "where operation_id = world.id(2, 1) and attempt = 1");
    }
};

TEST_F(VerifyLateCharge, that_still_stands_is_named) {
    expect("late_charge", "00020001-1", "2500 JPY of it still stand");
}

TEST_F(VerifyLateCharge, that_is_being_undone_is_told_not_blamed) {
    is_standing();
    const auto report = look();
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "late charges being compensated"), 1);
    EXPECT_EQ(counted(report, "open"), 4);
    EXPECT_TRUE(std::ranges::any_of(report.open, [](const auto& open) {
        return open.first.contains("00020000") && open.second.contains("late_refund of 2500 JPY") &&
               open.second.contains(", not executed yet");
    }));
}

TEST_F(VerifyLateCharge, whose_compensation_ended_is_not_excused_by_a_row_that_was_left) {
    is_standing();
    alter(
        "insert into operation_results select world.id(2, 8), 1, payment_id, 'approved', null, 200, psp, "
        "psp_reference, "
        "version, body, digest, writer, link, created_at from operation_results "
        "where operation_id = world.id(2, 1) and attempt = 2");
    expect("charged_twice", "00020000", "2 charges stand at once");
    expect("late_charge", "00020001-1", "2500 JPY of it still stand");
    EXPECT_EQ(counted(look(), "open"), 3);
}

TEST_F(VerifyDeep, other_amounts_than_asked_for_are_named) {
    payment("pi_6").amount += 1;
    expect("asked", "00060001-1", "is of 4001");
    payment("pi_6").amount -= 1;
    refund("re_7_3").amount += 1;
    expect("asked", "00070003-1", "is of 2001");
}

TEST_F(VerifyDeep, what_was_captured_more_or_less_or_for_nobody_is_named) {
    payment("pi_8").moved -= 1;
    expect("captured", "00080000", "captured are 3000 JPY in the books and 2999");
    payment("pi_8").moved += 1;
    const auto approved = OperationId(query(*admin_, "select world.id(8, 2)")[0].uuid(0));
    const auto declined = OperationId(query(*admin_, "select world.id(8, 3)")[0].uuid(0));
    payment("pi_8").captures = {{approved, 1000}};
    EXPECT_EQ(words(look()), "");
    payment("pi_8").captures = {{approved, 1001}};
    expect("captured", "00080002", "captured 1001 JPY for it; in the books it is approved with 1000");
    payment("pi_8").captures = {{declined, 1100}};
    expect("captured", "00080003", "in the books it is declined with 1100");
}

TEST_F(VerifyDeep, what_is_held_otherwise_is_named_and_a_hold_past_its_time_is_not) {
    payment("pi_6").held = 1;
    expect("held", "00060000", "held are 4000 USD in the books and 1");
    payment("pi_6").held = 0;
    EXPECT_EQ(words(look()), "") << "it ended in March, and the PSP let go";
}

TEST_F(VerifyDeep, refunds_that_are_missing_or_of_others_are_named) {
    std::erase_if(psp_.refunds, [](const Listed& listed) { return listed.reference == "re_7_3"; });
    expect("refunded", "00070000", "refunded are 6000 EUR in the books and 4000");
    auto manual = refund("re_7_5");
    manual.reference = "re_dashboard";
    manual.payment_reference = "pi_1";
    manual.payment.reset();
    manual.operation.reset();
    manual.amount = manual.moved = 77;
    psp_.refunds.push_back(manual);
    expect("refunded", "00010000 pi_1", "77 EUR were given back there by somebody else");
}

TEST_F(VerifyDeep, what_the_psp_lets_go_uncaptured_is_no_refund) {
    auto release = refund("re_7_5");
    release.reference = "re_release";
    release.payment.reset();
    release.operation.reset();
    release.amount = release.moved = 3000;
    psp_.refunds.push_back(release);
    EXPECT_EQ(words(look()), "");
}

TEST_F(VerifyDeep, a_payment_that_the_psp_does_not_list_is_named) {
    std::erase_if(psp_.payments, [](const Listed& listed) { return listed.reference == "pi_14"; });
    expect("missing", "00140000", "lists no pi_14");
}

TEST_F(VerifyDeep, payments_at_an_account_that_is_not_read_are_counted_and_named) {
    alter("update payments set live = true where id in (world.id(1), world.id(14))");
    expect("unread", "stripe main live", "2 payments were not compared");
    EXPECT_EQ(counted(look(), "payments of unread accounts"), 2);
    EXPECT_EQ(counted(look(), "payments in the books"), 14);
    alter("update payments set live = false");
    EXPECT_EQ(words(look()), "");
}

TEST_F(VerifyDeep, what_cannot_be_read_is_named) {
    payment("pi_14").unreadable = "amount_received";
    expect("unreadable", "pi_14", "shows no amount_received that can be read");
}

TEST_F(VerifyDeep, sums_that_differ_are_named) {
    alter(
        "update ledger_entries set amount = amount + case line when 1 then 5 else -5 end "
        "where operation_id = world.id(1, 1) and line in (1, 3)");
    expect("conserved", "EUR", "in the ledger");
    alter(
        "update ledger_entries set amount = amount - case line when 1 then 5 else -5 end "
        "where operation_id = world.id(1, 1) and line in (1, 3)");
    EXPECT_EQ(words(look()), "");
}

TEST_F(VerifyDeep, what_changed_meanwhile_is_not_compared) {
    alter("update payments set updated_at = florin_now() + interval '1 hour' where id = world.id(14)");
    payment("pi_14").moved = 0;
    const auto report = look();
    EXPECT_EQ(words(report), "");
    EXPECT_EQ(counted(report, "changed meanwhile"), 1);
    alter("update payments set updated_at = created_at where id = world.id(14)");
}

TEST_F(VerifyDeep, a_page_is_asked_for_again_and_a_list_that_stays_unreadable_ends_the_check) {
    psp_.failures = 1;
    EXPECT_EQ(words(look()), "");
    auto owner = connect(url_of(cluster().urls().owner));
    psp_.failures = 1000;
    DeepOptions options{.since = WallTime(), .pages_per_second = 100'000};
    EXPECT_THROW(wait(verify_deep(*owner, {{.psp = &psp_}}, options, Deadline::after(Milliseconds(0)))),
                 std::exception);
}

// Runs last: gtest keeps the order of declaration.
class VerifyDeepChecks : public VerifyDeep {};

TEST_F(VerifyDeepChecks, every_check_was_seen_to_find_something) {
    for (const auto& check : deep_checks()) EXPECT_TRUE(seen().contains(std::string(check.name))) << check.name;
}

}  // namespace
}  // namespace florin::verify
