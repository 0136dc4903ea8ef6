#include "events/document.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "payments/document.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::events {
namespace {

using payments::OperationKind;
using payments::Outcome;

const payments::Payment kPayment = payments::payment_of(Money(1050, kEur));

store::ToldEvent row(std::string type, std::string body) {
    return {.id = *EventId::parse("evt_0195f000-0002-7000-8014-000000000009"),
            .type = std::move(type),
            .at = payments::kLater,
            .of = store::ToldEvent::OfPayment{.payment = kPayment.id, .amount = Money(400, kEur), .sequence = 3},
            .body = std::move(body)};
}

TEST(EventDocument, it_has_the_fields_of_the_source_document_and_the_document_as_it_was) {
    const auto document = json::parse(events::document(row("payment.captured", payments::document(kPayment)))).value();
    const auto& event = document.as_object();
    EXPECT_EQ(event.at("event"), "payment.captured");
    EXPECT_EQ(event.at("type"), "payment.captured");
    EXPECT_EQ(event.at("id"), "evt_0195f000-0002-7000-8014-000000000009");
    EXPECT_EQ(event.at("payment_id").as_string(), to_string(kPayment.id));
    EXPECT_EQ(event.at("amount"), 400);
    EXPECT_EQ(event.at("currency"), "EUR");
    EXPECT_EQ(event.at("timestamp"), "2026-03-13T10:00:02.123Z");
    EXPECT_EQ(event.at("sequence"), 3);
    EXPECT_EQ(event.at("live"), false);
    EXPECT_EQ(event.at("data"), json::parse(payments::document(kPayment)).value());
}

TEST(EventDocument, the_document_within_a_problem_is_found_byte_for_byte) {
    auto payment = kPayment;
    payment.description = R"(,"payment":{"type":"/errors/x)";
    const auto attempt = payments::attempt_of(payment, OperationKind::sale, 1050);
    const auto step = payments::apply(payment, attempt, payments::judged(Outcome::declined), payments::kLater);
    EXPECT_EQ(step.http_status, 402);
    EXPECT_EQ(payment_document(step.body), payments::document(step.payment));
}

TEST(EventDocument, a_modification_has_its_operation_within) {
    const auto payment = payments::payment_with({.authorized = 1050, .captured = 1050, .refunding = 400});
    const auto attempt = payments::attempt_of(payment, OperationKind::refund, 400);
    for (const auto outcome : {Outcome::approved, Outcome::declined}) {
        const auto step = payments::apply(payment, attempt, payments::judged(outcome), payments::kLater);
        const auto data = json::parse(std::string(payment_document(step.body))).value();
        EXPECT_EQ(data.at("payment_id").as_string(), to_string(payment.id));
        EXPECT_EQ(data.at("operation").at("type"), "refund");
    }
}

TEST(EventDocument, a_notice_has_its_own_words_and_no_payment) {
    auto notice = row("webhook_endpoint.disabled", R"({"reason":"gone"})");
    notice.of.reset();
    EXPECT_EQ(events::document(notice),
              R"({"id":"evt_0195f000-0002-7000-8014-000000000009","event":"webhook_endpoint.disabled",)"
              R"("type":"webhook_endpoint.disabled","timestamp":"2026-03-13T10:00:02.123Z","live":false,)"
              R"("data":{"reason":"gone"}})");
}

TEST(EventDocument, a_document_that_is_gone_is_null) {
    EXPECT_NE(events::document(row("payment.failed", "")).find(R"("data":null)"), std::string::npos);
}

}  // namespace
}  // namespace florin::events
