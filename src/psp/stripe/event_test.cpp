#include "psp/stripe/event.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "psp/stripe/event_fixture.hpp"
#include "psp/stripe/intent_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;

Subject subject_of(std::string_view type, std::string_view object) {
    const auto read = read_event(event(type, object));
    EXPECT_TRUE(read && read->subject) << type;
    return read && read->subject ? *read->subject : Subject{};
}

TEST(Event, the_envelope_is_read) {
    const auto read = read_event(event("payment_intent.succeeded", succeeded()));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, "evt_1NG8Du2eZvKYlo2C");
    EXPECT_EQ(read->type, "payment_intent.succeeded");
    EXPECT_FALSE(read->live);
    EXPECT_EQ(format_time(read->created), "2023-11-14T22:13:20.000Z");
    EXPECT_EQ(read->weight, Weight::outcome);
}

TEST(Event, an_intent_names_the_payment_that_it_was_made_for) {
    const auto subject = subject_of("payment_intent.succeeded", succeeded());
    EXPECT_EQ(subject.object, "payment_intent");
    EXPECT_EQ(subject.payment_reference, "pi_1");
    EXPECT_EQ(subject.reference, "pi_1");
    EXPECT_EQ(subject.payment, sale_call().payment);
    EXPECT_EQ(subject.operation, sale_call().operation);
    EXPECT_EQ(subject.attempt, 1);
    EXPECT_EQ(subject.amount, (Money{1000, kUsd}));
    EXPECT_EQ(subject.says, Says::succeeded);
}

TEST(Event, a_refund_names_itself_and_its_payment) {
    const auto subject = subject_of("refund.updated", refund_object("failed"));
    EXPECT_EQ(subject.payment_reference, "pi_1");
    EXPECT_EQ(subject.reference, "re_1");
    EXPECT_EQ(subject.operation, OperationId::parse("op_01920000-0000-7000-8000-000000000003"));
    EXPECT_EQ(subject.attempt, 2);
    EXPECT_EQ(subject.amount, (Money{400, kUsd}));
    EXPECT_EQ(subject.says, Says::failed);
}

TEST(Event, a_charge_leads_to_its_intent_also_an_expanded_one) {
    const auto subject = subject_of("charge.captured", charge_object("succeeded", true));
    EXPECT_EQ(subject.payment_reference, "pi_1");
    EXPECT_EQ(subject.reference, "ch_1");
    EXPECT_FALSE(subject.payment);
    const auto expanded =
        with(charge_object("succeeded", true), R"("pi_1")", R"({"id":"pi_1","object":"payment_intent"})");
    EXPECT_EQ(subject_of("charge.captured", expanded).payment_reference, "pi_1");
}

TEST(Event, the_object_says_where_it_stands) {
    const auto intent = [](std::string_view status) { return unpaid(status); };
    const std::vector<std::pair<std::string, Says>> rows{
        {succeeded(), Says::succeeded},
        {intent("requires_capture"), Says::authorized},
        {intent("canceled"), Says::canceled},
        {intent("processing"), Says::processing},
        {intent("requires_action"), Says::requires_action},
        {intent("requires_confirmation"), Says::other},
        {intent("requires_payment_method"), Says::other},
        {failed_with(R"({"type":"card_error","code":"card_declined"})"), Says::failed},
        {intent("a_status_of_tomorrow"), Says::other},
        {charge_object("succeeded", true), Says::succeeded},
        {charge_object("succeeded", true, true), Says::succeeded},
        {charge_object("succeeded", false), Says::authorized},
        {charge_object("succeeded", false, true), Says::canceled},
        {charge_object("pending", false), Says::processing},
        {charge_object("failed", false), Says::failed},
        {refund_object("succeeded"), Says::succeeded},
        {refund_object("pending"), Says::processing},
        {refund_object("requires_action"), Says::requires_action},
        {refund_object("canceled"), Says::canceled},
        {R"({"object":"balance","status":"succeeded"})", Says::other},
    };
    for (const auto& [object, says] : rows)
        EXPECT_EQ(to_string(subject_of("some.type", object).says), to_string(says)) << object;
}

TEST(Event, what_may_have_moved_money_comes_first) {
    const std::vector<std::pair<std::string_view, Weight>> rows{
        {"payment_intent.succeeded", Weight::outcome},
        {"payment_intent.payment_failed", Weight::outcome},
        {"payment_intent.canceled", Weight::outcome},
        {"payment_intent.amount_capturable_updated", Weight::outcome},
        {"charge.captured", Weight::outcome},
        {"charge.expired", Weight::outcome},
        {"refund.failed", Weight::outcome},
        {"charge.dispute.created", Weight::outcome},
        {"payment_intent.created", Weight::informational},
        {"payment_intent.processing", Weight::informational},
        {"payment_intent.requires_action", Weight::informational},
        {"charge.updated", Weight::informational},
        {"balance.available", Weight::informational},
        {"a.type_of.tomorrow", Weight::informational},
    };
    for (const auto& [type, weight] : rows) {
        const auto read = read_event(event(type, "{}"));
        ASSERT_TRUE(read) << type;
        EXPECT_EQ(to_string(read->weight), to_string(weight)) << type;
    }
}

TEST(Event, of_the_object_nothing_is_required) {
    for (const std::string_view object : {"{}", "null", "[]", "1", R"({"object":7})", R"({"object":""})"}) {
        const auto read = read_event(event("charge.updated", object));
        ASSERT_TRUE(read) << object;
        EXPECT_FALSE(read->subject) << object;
    }
}

TEST(Event, a_hint_of_another_form_is_no_hint) {
    const auto refund = refund_object("succeeded");
    const auto changed = [&](std::string_view part, std::string_view instead) {
        return subject_of("refund.updated", with(refund, part, instead));
    };
    EXPECT_FALSE(changed(R"("payment_intent":"pi_1")", R"("payment_intent":"ch_1")").payment_reference);
    EXPECT_FALSE(changed(R"("payment_intent":"pi_1")", R"("payment_intent":null)").payment_reference);
    EXPECT_FALSE(changed(R"("payment_intent":"pi_1")", R"("payment_intent":"pi_1/../x")").payment_reference);
    EXPECT_FALSE(changed(R"("id":"re_1")", R"("id":17)").reference);
    EXPECT_FALSE(changed("pay_01920000", "pay_x1920000").payment);
    EXPECT_FALSE(changed("op_01920000", "re_01920000").operation);
    for (const std::string_view attempt : {R"("0")", R"("-1")", R"("1x")", R"("")", R"("99999")", "2"})
        EXPECT_FALSE(changed(R"("florin_attempt":"2")", R"("florin_attempt":)" + std::string(attempt)).attempt)
            << attempt;
    for (const std::string_view amount : {"400.0", "-400", "\"400\"", "null", "100000000"})
        EXPECT_FALSE(changed(R"("amount":400)", R"("amount":)" + std::string(amount)).amount) << amount;
    for (const std::string_view currency : {R"("USD")", R"("us")", R"("zzz")", "1"})
        EXPECT_FALSE(changed(R"("currency":"usd")", R"("currency":)" + std::string(currency)).amount) << currency;
}

TEST(Event, what_has_no_envelope_is_refused) {
    const auto good = event("charge.updated", "{}");
    const std::vector<std::string> rows{
        "",
        "null",
        "[]",
        "<html>",
        "{",
        good.substr(0, good.size() - 1),
        good + good,
        with(good, R"("object":"event")", R"("object":"charge")"),
        with(good, R"("id":"evt_1NG8Du2eZvKYlo2C")", R"("id":"pi_1")"),
        with(good, R"("id":"evt_1NG8Du2eZvKYlo2C")", R"("id":"evt_")"),
        with(good, R"("id":"evt_1NG8Du2eZvKYlo2C")", R"("id":"evt_1.2")"),
        with(good, R"("id":"evt_1NG8Du2eZvKYlo2C")", R"("id":"evt_1 2")"),
        with(good, R"("id":"evt_1NG8Du2eZvKYlo2C")", R"("id":"evt_)" + std::string(252, 'x') + "\""),
        with(good, R"("id":"evt_1NG8Du2eZvKYlo2C")", R"("id":1)"),
        with(good, R"("id":"evt_1NG8Du2eZvKYlo2C")", R"("id":"evt_1","id":"evt_2")"),
        with(good, R"("type":"charge.updated")", R"("type":"Charge Updated")"),
        with(good, R"("type":"charge.updated")", R"("type":"")"),
        with(good, R"("type":"charge.updated")", R"("type":")" + std::string(101, 'a') + "\""),
        with(good, R"("livemode":false)", R"("livemode":"false")"),
        with(good, R"("livemode":false,)", ""),
        with(good, R"("created":1700000000)", R"("created":-1)"),
        with(good, R"("created":1700000000)", R"("created":9223372036854775807)"),
        with(good, R"("created":1700000000)", R"("created":"now")"),
        with(good, "{}", std::string(40, '[') + std::string(40, ']')),  // too deep
        with(good, "evt_1NG8Du2eZvKYlo2C", "evt_1\xff"),                // not UTF-8
        with(good, "evt_1NG8Du2eZvKYlo2C", "evt_1\\u0000"),
        event("charge.updated", "\"" + std::string(kEventBytes, 'x') + "\""),
    };
    for (const auto& body : rows) EXPECT_FALSE(read_event(body)) << body.substr(0, 300);
}

}  // namespace
}  // namespace florin::psp::stripe
