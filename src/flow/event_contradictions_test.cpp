// Events that name what is not ours, or say what is not so: parked with an alert, and no money moves by them.
#include <gmock/gmock.h>

#include "flow/event_fixture.hpp"
#include "flow/expiry.hpp"

namespace florin::flow {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class EventContradictionsTest : public EventTest {};

// W-05
TEST_F(EventContradictionsTest, an_unknown_payment_is_parked_after_a_while_and_never_created) {
    const auto before = Database::shared().run("select count(*)::text from payments");
    const auto foreign = object_of("payment_intent", "pi_of_somebody_else", 5000, kSucceeded);
    auto elsewhere = creation_of(sold());
    elsewhere.payment = PaymentId::make(SystemClock().now(), Bucket{}, false);
    elsewhere.operation = OperationId::make(SystemClock().now(), Bucket{}, false);
    const auto first = hear("payment_intent.succeeded", foreign);
    const auto second = hear("payment_intent.succeeded", intent(elsewhere, kSucceeded));
    work();
    EXPECT_EQ(end_of(first), "waiting: leads to no payment");
    work_off();
    EXPECT_EQ(end_of(first), "parked: leads to no payment");
    EXPECT_EQ(end_of(second), "parked: leads to no payment");
    EXPECT_EQ(std::stoi(Database::shared().run("select count(*)::text from payments")), std::stoi(before) + 1);
    EXPECT_TRUE(psp.read_calls.empty());
    EXPECT_THAT(metrics(), HasSubstr(R"(florin_psp_alerts_total{psp="stripe",why="event_parked"} 2)"));
}

TEST_F(EventContradictionsTest, a_payment_without_our_metadata_is_found_by_the_reference_that_was_claimed) {
    const auto payment = sold();
    const auto known = hear("payment_intent.succeeded",
                            object_of("payment_intent", object_name("pi_", creation_of(payment)), 100, kSucceeded));
    work();
    EXPECT_EQ(end_of(known), "no_change");
}

TEST_F(EventContradictionsTest, a_reference_that_is_claimed_while_the_event_waits_is_found_then) {
    const auto payment = unknown_sale();
    const auto event = hear("payment_intent.succeeded",
                            object_of("payment_intent", object_name("pi_", creation_of(payment)), 1000, kSucceeded));
    work();
    EXPECT_EQ(end_of(event), "waiting: leads to no payment");
    end_leases();
    ASSERT_TRUE(worker_settles("k"));
    work_off();
    EXPECT_EQ(end_of(event), "no_change");
}

// W-11
TEST_F(EventContradictionsTest, another_amount_or_currency_is_parked_and_books_nothing) {
    const auto payment = sold(1000);
    auto lying = creation_of(payment);
    lying.amount = Money{1, kEur};
    const auto event = hear("payment_intent.succeeded", intent(lying, kSucceeded));
    work();
    EXPECT_EQ(end_of(event), "parked: says 1 EUR, booked is 1000 EUR");
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 1000, .captured = 1000}));
    EXPECT_EQ(journals(payment), "1:1");
}

TEST_F(EventContradictionsTest, another_amount_of_what_is_open_settles_it_by_what_the_psp_shows_and_is_parked) {
    const auto payment = unknown_sale();
    auto lying = creation_of(payment);
    lying.amount = Money{1, kEur};
    const auto event = hear("payment_intent.succeeded", intent(lying, kSucceeded));
    work();
    EXPECT_THAT(end_of(event), StartsWith("parked: says 1 EUR, booked is 1000 EUR; the object: HTTP 200"));
    EXPECT_EQ(debits(gateway, payment, "capture"), 1000);
}

// P-08
TEST_F(EventContradictionsTest, an_object_that_contradicts_what_was_asked_is_parked_with_an_alert_and_books_nothing) {
    const auto payment = unknown_sale();
    auto contradiction = unclear();
    contradiction.alert = true;
    contradiction.http_status = 200;
    contradiction.evidence = "HTTP 200 the object contradicts the request in amount";
    psp.reads = {contradiction};
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    EXPECT_THAT(end_of(event), HasSubstr("contradicts the request in amount"));
    EXPECT_EQ(read(gateway, payment).status, Status::pending);
    EXPECT_EQ(journals(payment), "");
    EXPECT_THAT(rows_of(payment).back().open_evidence, HasSubstr("contradicts the request in amount"));
    // The resolver goes on: the mistake was in one answer.
    end_leases();
    ASSERT_TRUE(worker_settles("k"));
    EXPECT_EQ(journals(payment), "1:1");
}

TEST_F(EventContradictionsTest, references_of_another_payment_are_parked) {
    const auto one = creation_of(sold());
    auto other = creation_of(sold());
    const auto exchanged =
        object_of("payment_intent", object_name("pi_", one), 100, kSucceeded + R"(,"metadata":)" + metadata_of(other));
    const auto event = hear("payment_intent.succeeded", exchanged);
    work();
    EXPECT_THAT(end_of(event), HasSubstr("belong to another payment"));
}

// Made in the PSP's dashboard: without our metadata.
TEST_F(EventContradictionsTest, a_refund_that_was_not_made_here_is_parked) {
    const auto payment = sold();
    const auto foreign =
        object_of("refund", "re_foreign", 40,
                  kSucceeded + R"(,"payment_intent":")" + object_name("pi_", creation_of(payment)) + "\"");
    const auto event = hear("refund.created", foreign);
    work();
    EXPECT_EQ(end_of(event), "parked: a refund that was not made here");
    EXPECT_EQ(amounts(payment).refunded, 0);
    EXPECT_TRUE(psp.read_calls.empty());
}

// A PSP shows what it lets go of a hold as a refund, without our metadata.
TEST_F(EventContradictionsTest, what_is_released_is_no_refund) {
    const auto unnamed = [this](PaymentId payment, std::int64_t amount) {
        const auto intent = R"(,"payment_intent":")" + object_name("pi_", creation_of(payment)) + "\"";
        return hear("refund.created", object_of("refund", "re_of_the_psp", amount, kSucceeded + intent));
    };
    const auto voided = authorized();
    ASSERT_EQ(gateway.send(release("void", voided))->status, 200);
    const auto whole = unnamed(voided, 100);
    const auto part_captured = authorized();
    psp.answers = {unclear()};
    ASSERT_EQ(gateway.send(capture("capture", part_captured, 60))->status, 202);
    end_leases();
    const auto rest = unnamed(part_captured, 40);
    work();
    EXPECT_EQ(end_of(whole), "no_change");
    EXPECT_EQ(end_of(rest), "settled");
    EXPECT_EQ(amounts(part_captured), (payments::Amounts{.authorized = 100, .captured = 60, .voided = 40}));
}

TEST_F(EventContradictionsTest, a_capture_that_was_not_made_here_is_parked_and_not_booked) {
    const auto payment = authorized();
    psp.shows = [](const psp::Call& call) {
        EXPECT_EQ(call.kind, OperationKind::expire) << "read only: nothing is released";
        return refused_by_state("already_captured");
    };
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    EXPECT_THAT(end_of(event), HasSubstr("was taken there by somebody else"));
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100}));
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(EventContradictionsTest, a_hold_that_the_psp_let_go_expires_here_at_once) {
    const auto payment = authorized();
    const auto event = hear("payment_intent.canceled", intent(creation_of(payment), status("canceled")));
    work();
    EXPECT_EQ(end_of(event), "expiry_due");
    EXPECT_EQ(read(gateway, payment).status, Status::authorized);
    DutyLoop expiry(gateway.services, gateway.accounts.all.front(), kExpiry);
    loop.wait_for(expiry.pass());
    loop.wait_for(expiry.finish());
    EXPECT_EQ(read(gateway, payment).status, Status::expired);
    const auto again = hear("payment_intent.canceled", intent(creation_of(payment), status("canceled")));
    work();
    EXPECT_EQ(end_of(again), "no_change");
}

// A PSP that made two objects of one attempt: the second one has taken money too.
TEST_F(EventContradictionsTest, a_second_charge_of_an_approved_attempt_is_given_back_once) {
    const auto payment = sold();
    const auto creation = creation_of(payment);
    const auto told = [&](const char* name) {
        return hear("payment_intent.succeeded", object_of("payment_intent", object_name(name, creation), 100,
                                                          kSucceeded + R"(,"metadata":)" + metadata_of(creation)));
    };
    const auto second = told("pi_second_");
    work();
    EXPECT_EQ(end_of(second), "late_success");
    ASSERT_EQ(rows_of(payment).size(), 2U);
    EXPECT_EQ(last_of(payment).kind, OperationKind::late_refund);
    EXPECT_EQ(last_of(payment).parameters.late->reference, object_name("pi_second_", creation));
    EXPECT_EQ(psp.calls.back().payment_reference, object_name("pi_second_", creation));
    EXPECT_EQ(read(gateway, payment).psp_reference, object_name("pi_", creation));
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100}));
    const auto again = told("pi_second_");
    work();
    EXPECT_EQ(end_of(again), "no_change");
    // Of one attempt one late success is answered by itself.
    const auto third = told("pi_third_");
    work_off();
    EXPECT_THAT(end_of(third), StartsWith("parked: a second object"));
    EXPECT_EQ(rows_of(payment).size(), 2U);
}

TEST_F(EventContradictionsTest, a_second_refund_of_an_approved_attempt_takes_the_first_one_never_back) {
    const auto payment = sold();
    ASSERT_EQ(gateway.send(refund("refund", payment, 40))->status, 200);
    const auto creation = creation_of(payment);
    const auto booked = last_of(payment);
    const auto told = [&](const char* type, const std::string& how) {
        return hear(type, object_of("refund", object_name("re_second_", booked), 40,
                                    how + R"(,"payment_intent":")" + object_name("pi_", creation) + R"(","metadata":)" +
                                        metadata_of(booked)));
    };
    psp.shows = [](const psp::Call&) { return declined("", "refund_failed"); };
    const auto failed = told("refund.failed", status("failed"));
    work();
    EXPECT_EQ(end_of(failed), "no_change");
    const auto doubtful = told("refund.updated", kSucceeded);
    work_off();
    EXPECT_EQ(end_of(doubtful), "left_open");
    EXPECT_EQ(amounts(payment).refunded, 40);
    psp.shows = nullptr;
    const auto succeeded = told("refund.updated", kSucceeded);
    work();
    EXPECT_EQ(end_of(succeeded), "late_success");
    EXPECT_EQ(last_of(payment).kind, OperationKind::late_suspense);
    const auto failed_later = told("refund.failed", status("failed"));
    work();
    EXPECT_EQ(end_of(failed_later), "no_change");
    EXPECT_EQ(amounts(payment).refunded, 40);
}

TEST_F(EventContradictionsTest, one_look_serves_all_captures_that_an_object_may_show) {
    const auto payment = authorized(100, true);
    ASSERT_EQ(gateway.send(capture("capture", payment, 60))->status, 200);
    for (int i = 0; i < 3; ++i) {
        psp.answers = {refused_by_state("already_captured")};
        ASSERT_EQ(gateway.send(capture("declined-" + std::to_string(i), payment, 10))->status, 422);
    }
    auto nothing = unclear();
    nothing.http_status = 200;
    psp.shows = [&](const psp::Call&) { return nothing; };
    hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    EXPECT_EQ(psp.look_ups, 1U);
    EXPECT_EQ(psp.read_calls.size(), 1U) << "of what is still held";
}

TEST_F(EventContradictionsTest, what_the_psp_was_never_asked_for_is_not_looked_for) {
    const auto payment = authorized(100);
    const std::vector<payments::ModificationRequest> refused{
        {.kind = OperationKind::capture, .amount = 101},
        {.kind = OperationKind::capture, .amount = 10, .currency = kUsd},
        {.kind = OperationKind::capture, .amount = 10, .final = false},
    };
    for (const auto& request : refused) {
        ASSERT_EQ(gateway.send(modify(gateway, next_key(), payment, request))->status, 422);
    }
    const auto held = [&] { return intent(creation_of(payment), status("requires_capture")); };
    const auto told = hear("payment_intent.amount_capturable_updated", held());
    work();
    EXPECT_EQ(end_of(told), "no_change");
    psp.answers = {refused_by_state("already_captured")};
    ASSERT_EQ(gateway.send(capture("asked", payment))->status, 422);
    hear("payment_intent.amount_capturable_updated", held());
    EXPECT_EQ(psp.look_ups, 0U);
    work();
    EXPECT_EQ(psp.look_ups, 1U) << "what it was asked for may have succeeded late";
    EXPECT_EQ(psp.last_look_up.calls.size(), 1U);
    EXPECT_TRUE(psp.read_calls.empty());
}

// Nothing of ours could have done it, so that there is nothing to read.
TEST_F(EventContradictionsTest, what_no_operation_can_explain_is_parked) {
    const auto voided = authorized();
    ASSERT_EQ(gateway.send(release("void", voided))->status, 200);
    const auto taken = hear("payment_intent.succeeded", intent(creation_of(voided), kSucceeded));
    const auto captured = authorized();
    ASSERT_EQ(gateway.send(capture("capture", captured))->status, 200);
    const auto failed = hear("payment_intent.payment_failed", intent(creation_of(captured), kFailed));
    work_off();
    EXPECT_EQ(end_of(taken), "parked: taken there, released here");
    EXPECT_EQ(end_of(failed), "parked: failed there, approved here");
    EXPECT_THAT(metrics(), HasSubstr(R"(florin_psp_alerts_total{psp="stripe",why="event_parked"} 2)"));
    EXPECT_EQ(amounts(voided), (payments::Amounts{.authorized = 100, .voided = 100}));
    EXPECT_EQ(amounts(captured), (payments::Amounts{.authorized = 100, .captured = 100}));
}

TEST_F(EventContradictionsTest, a_cancel_that_the_psp_does_not_show_releases_nothing) {
    const auto payment = authorized();
    auto still_held = unclear();
    still_held.http_status = 200;
    psp.shows = [&](const psp::Call&) { return still_held; };
    const auto event = hear("charge.expired", charge(creation_of(payment), R"("status":"succeeded","refunded":true)"));
    work_off();
    EXPECT_EQ(end_of(event), "left_open");
    EXPECT_EQ(amounts(payment).held(), 100);
}

}  // namespace
}  // namespace florin::flow
