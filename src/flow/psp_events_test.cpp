#include "flow/psp_events.hpp"

#include <gmock/gmock.h>

#include "flow/event_fixture.hpp"

namespace florin::flow {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PspEventsTest : public EventTest {};

// P-01 in small: the resolver is far away.
TEST_F(PspEventsTest, an_unknown_sale_is_settled_by_what_the_psp_tells_and_then_shows) {
    const auto payment = unknown_sale();
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    EXPECT_EQ(end_of(event), "settled");
    EXPECT_EQ(psp.read_calls, (std::vector<std::string>{object_name("pi_", creation_of(payment))}));
    EXPECT_EQ(read(gateway, payment).status, Status::captured);
    EXPECT_EQ(debits(gateway, payment, "capture"), 1000);
    EXPECT_EQ(gateway.send(command("k", 1000))->status, 200);
    EXPECT_THAT(metrics(), HasSubstr(R"(florin_psp_events_total{psp="stripe",what="settled"} 1)"));
    const auto audit = loop.wait_for(gateway.store.audit_of(payment, Deadline::after(kPatience)));
    EXPECT_EQ(audit.back().actor, kEventActor);
}

TEST_F(PspEventsTest, every_kind_of_open_operation_is_settled_and_posted_once) {
    for (const auto kind : {OperationKind::capture, OperationKind::void_, OperationKind::refund}) {
        const auto payment = unknown(kind);
        const auto creation = creation_of(payment);
        const auto released = kind == OperationKind::void_;
        const auto object = kind == OperationKind::refund
                                ? refund_of(creation, last_of(payment), kSucceeded)
                                : intent(creation, status(released ? "canceled" : "succeeded"));
        const auto event = hear("some.type", object);
        work();
        EXPECT_EQ(end_of(event), "settled") << to_string(kind);
        EXPECT_EQ(rows_of(payment).back().outcome, Outcome::approved) << to_string(kind);
        EXPECT_FALSE(amounts(payment).has_open()) << to_string(kind);
        // The same fact under another id (W-02).
        const auto again = hear("some.type", object);
        const auto reads = psp.read_calls.size();
        work();
        EXPECT_EQ(end_of(again), "no_change") << to_string(kind);
        EXPECT_EQ(psp.read_calls.size(), reads) << to_string(kind);
        merchant = new_merchant("Next");
    }
}

// W-03: the PSP tells before it answers the call.
TEST_F(PspEventsTest, while_the_first_caller_is_at_it_his_answer_goes_first) {
    psp.hold_next();
    const auto pending = gateway.begin(command("k", 1000));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    const auto payment = stored(gateway, "k").payment.id;
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    EXPECT_THAT(end_of(event), StartsWith("waiting: an operation is in somebody's hands"));
    psp.release();
    ASSERT_TRUE(loop.until([&] { return pending->is_done(); }));
    work_off();
    EXPECT_EQ(end_of(event), "no_change");
    EXPECT_TRUE(psp.read_calls.empty());
    EXPECT_EQ(journals(payment), "1:1");
}

// P-01: charged, and no answer comes. The merchant has his as soon as the event has been worked off.
TEST_F(PspEventsTest, a_caller_who_waits_too_long_gets_what_the_event_led_to) {
    psp.hold_next();
    const auto pending = gateway.begin(command("k", 1000));
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() == 1; }));
    const auto payment = stored(gateway, "k").payment.id;
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    make_events_due();
    work();
    EXPECT_EQ(end_of(event), "settled");
    EXPECT_EQ(read(gateway, payment).status, Status::captured);
    psp.release();
    ASSERT_TRUE(loop.until([&] { return pending->is_done(); }));
    EXPECT_EQ((*pending->answer)->status, 200);
    EXPECT_EQ(journals(payment), "1:1");
}

TEST_F(PspEventsTest, a_parked_operation_is_settled_too) {
    const auto payment = unknown_sale();
    Database::shared().run("update open_operations set parked = true, next_try = florin_now() + interval '1 d'");
    const auto event = hear("charge.succeeded", charge(creation_of(payment), kTaken));
    work();
    EXPECT_EQ(end_of(event), "settled");
    EXPECT_EQ(read(gateway, payment).status, Status::captured);
}

TEST_F(PspEventsTest, what_still_waits_at_the_psp_stays_open_with_what_is_known_of_it) {
    const auto payment = unknown_sale();
    psp.reads = {action_required("", "https://bank.example/3ds")};
    const auto event = hear("payment_intent.requires_action", intent(creation_of(payment), status("requires_action")));
    work();
    EXPECT_EQ(end_of(event), "no_change");
    EXPECT_EQ(read(gateway, payment).status, Status::requires_action);
    EXPECT_EQ(read(gateway, payment).next_action->url, "https://bank.example/3ds");
}

TEST_F(PspEventsTest, thousands_that_tell_nothing_new_cost_no_call) {
    const auto payment = sold(1000);
    const auto creation = creation_of(payment);
    std::vector<std::string> events;
    for (int i = 0; i < 300; ++i) {
        events.push_back(hear("payment_intent.succeeded", intent(creation, kSucceeded)));
        events.push_back(hear("charge.succeeded", charge(creation, kTaken)));
        events.push_back(hear("payment_intent.created", intent(creation, status("requires_confirmation"))));
    }
    work_off();
    EXPECT_TRUE(psp.read_calls.empty());
    EXPECT_EQ(end_of(events[0]), "no_change");
    EXPECT_EQ(end_of(events[2]), "ignored");
    EXPECT_THAT(metrics(), HasSubstr(R"(florin_psp_events_total{psp="stripe",what="no_change"} 600)"));
    EXPECT_EQ(journals(payment), "1:1");
}

TEST_F(PspEventsTest, a_refund_that_fails_later_is_reversed_also_when_nobody_watches_it_any_more) {
    const auto payment = sold(100);
    ASSERT_EQ(gateway.send(refund("refund", payment, 40))->status, 200);
    Database::shared().run("delete from watched_operations");
    psp.shows = [](const psp::Call&) { return declined("", "refund_failed"); };
    const auto object = refund_of(creation_of(payment), last_of(payment), status("failed"));
    const auto event = hear("refund.failed", object);
    work();
    EXPECT_EQ(end_of(event), "taken_back");
    EXPECT_EQ(amounts(payment), (payments::Amounts{.authorized = 100, .captured = 100}));
    EXPECT_EQ(debits(gateway, payment, "refund_reversal"), 40);
    const auto again = hear("refund.updated", object);
    work();
    EXPECT_EQ(end_of(again), "no_change");
    EXPECT_EQ(debits(gateway, payment, "refund_reversal"), 40);
}

TEST_F(PspEventsTest, a_refund_that_is_said_to_have_failed_but_stands_is_left_as_it_is) {
    const auto payment = sold(100);
    ASSERT_EQ(gateway.send(refund("refund", payment, 40))->status, 200);
    const auto event = hear("refund.failed", refund_of(creation_of(payment), last_of(payment), status("failed")));
    work_off();
    EXPECT_EQ(end_of(event), "left_open");
    EXPECT_EQ(amounts(payment).refunded, 40);
}

// P-12: nothing was charged, as far as anybody knew.
TEST_F(PspEventsTest, a_late_success_of_what_was_not_executed_is_adopted_once) {
    psp.answers = {refused_unsent()};
    ASSERT_EQ(gateway.send(command("k", 1000))->status, 503);
    const auto payment = stored(gateway, "k").payment.id;
    const auto creation = creation_of(payment);
    const auto event = hear("payment_intent.succeeded", intent(creation, kSucceeded));
    const auto same = hear("charge.succeeded", charge(creation, kTaken));
    work_off();
    EXPECT_EQ(end_of(event), "late_success");
    EXPECT_EQ(end_of(same), "no_change");
    EXPECT_EQ(read(gateway, payment).status, Status::captured);
    EXPECT_EQ(journals(payment), "1:1");
    EXPECT_EQ(psp.read_calls.size(), 1U);
    // And whatever is told of the adopted object afterwards.
    const auto later = hear("payment_intent.succeeded", intent(creation, kSucceeded));
    work();
    EXPECT_EQ(end_of(later), "no_change");
}

// P-12: the status said failed, and then it was captured.
TEST_F(PspEventsTest, a_success_of_what_was_declined_is_given_back_once) {
    psp.answers = {declined("pi_" + to_string(merchant.id))};
    ASSERT_EQ(gateway.send(command("k", 1000))->status, 402);
    const auto payment = stored(gateway, "k").payment.id;
    const auto creation = creation_of(payment);
    const auto event = hear("payment_intent.succeeded", intent(creation, kSucceeded));
    const auto same = hear("charge.succeeded", charge(creation, kTaken));
    work_off();
    EXPECT_EQ(end_of(event), "late_success");
    EXPECT_EQ(end_of(same), "no_change");
    EXPECT_EQ(read(gateway, payment).status, Status::failed);
    EXPECT_EQ(rows_of(payment).back().attempt.kind, OperationKind::late_refund);
    EXPECT_EQ(rows_of(payment).back().outcome, Outcome::approved);
    // What the PSP tells of the return, and of the charge once more.
    const auto returned = hear("refund.created", refund_of(creation, last_of(payment), kSucceeded));
    const auto later = hear("payment_intent.succeeded", intent(creation, kSucceeded));
    work();
    EXPECT_EQ(end_of(returned), "no_change");
    EXPECT_EQ(end_of(later), "no_change");
    EXPECT_EQ(psp.read_calls.size(), 1U);
    EXPECT_EQ(psp.calls.size(), 2U);
}

TEST_F(PspEventsTest, what_failed_and_is_told_to_have_failed_costs_no_call) {
    psp.answers = {declined("pi_" + to_string(merchant.id))};
    ASSERT_EQ(gateway.send(command("k", 1000))->status, 402);
    const auto creation = creation_of(stored(gateway, "k").payment.id);
    const auto event = hear("payment_intent.payment_failed", intent(creation, kFailed));
    const auto other = hear("charge.failed", charge(creation, status("failed")));
    work();
    EXPECT_EQ(end_of(event), "no_change");
    EXPECT_EQ(end_of(other), "no_change");
    EXPECT_TRUE(psp.read_calls.empty());
}

// P-11: the PSP tells of it, and its own reads do not know it yet.
TEST_F(PspEventsTest, an_object_that_cannot_be_read_yet_is_read_again_and_nothing_is_closed_before) {
    const auto payment = unknown_sale();
    auto absent = unclear();
    absent.http_status = 404;
    absent.evidence = "HTTP 404 resource_missing";
    psp.reads = {absent, absent, absent};
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    for (int i = 0; i < 3; ++i) {
        work();
        EXPECT_THAT(end_of(event), HasSubstr("HTTP 404"));
        EXPECT_EQ(read(gateway, payment).status, Status::pending);
        make_events_due();
    }
    work();
    EXPECT_EQ(end_of(event), "settled");
}

// W-13
TEST_F(PspEventsTest, an_event_that_cannot_be_read_is_parked_and_the_others_flow) {
    const auto payment = sold();
    auto unreadable = received("payment_intent.succeeded", "{}");
    unreadable.body = R"({"id":)";
    const auto poison = keep(std::move(unreadable));
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    const auto unknown = hear("weather.changed", R"({"object":"cloud"})");
    work();
    EXPECT_THAT(end_of(poison), StartsWith("parked: cannot be read"));
    EXPECT_EQ(end_of(event), "no_change");
    EXPECT_EQ(end_of(unknown), "ignored");
}

// What the books cannot take now (here: fees that exceed every bound) is no reason to forget the event.
TEST_F(PspEventsTest, trouble_while_it_is_worked_on_leaves_the_event_waiting) {
    const auto payment = unknown_sale();
    psp.reads = {approved("")};
    Database::shared().run("alter table fee_plans rename to fee_plans_gone");
    const auto event = hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    Database::shared().run("alter table fee_plans_gone rename to fee_plans");
    EXPECT_THAT(end_of(event), StartsWith("waiting: "));
    EXPECT_EQ(read(gateway, payment).status, Status::pending);
    work_off();
    EXPECT_EQ(end_of(event), "settled");
    EXPECT_EQ(journals(payment), "1:1");
}

TEST_F(PspEventsTest, events_of_one_payment_share_the_first_ones_look) {
    const auto payment = unknown_sale();
    for (int i = 0; i < 10; ++i) hear("payment_intent.succeeded", intent(creation_of(payment), kSucceeded));
    work();
    EXPECT_EQ(waiting(), "0");
    EXPECT_EQ(psp.read_calls.size(), 1U);
}

}  // namespace
}  // namespace florin::flow
