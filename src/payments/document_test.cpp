#include "payments/document.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::payments {
namespace {

Payment bare_payment() {
    return payment_of(Money(1050, kEur));
}

TEST(Document, a_bare_payment_shows_every_member_in_its_order) {
    EXPECT_EQ(
        document(bare_payment()),
        R"({"payment_id":"pay_0195f000-0000-7000-8014-000000000001","status":"pending","amount":1050,)"
        R"("currency":"EUR","authorized_amount":0,"captured_amount":0,"refunded_amount":0,"voided_amount":0,)"
        R"("payment_method":"pm_card_visa","capture":true,"multiple_captures":false,"description":null,"metadata":{},"return_url":null,)"
        R"("psp":"stripe","psp_reference":null,"failure_code":null,"failure_reason":null,"next_action":null,)"
        R"("capture_before":null,"sequence":1,"live":false,"created_at":"2026-03-13T10:00:00.123Z",)"
        R"("updated_at":"2026-03-13T10:00:00.123Z"})");
}

TEST(Document, every_text_comes_back_as_it_was_given) {
    Payment payment = bare_payment();
    payment.live = true;
    payment.version = 7;
    payment.amounts = {.authorized = 11, .captured = 8, .refunded = 7, .voided = 1, .expired = 2};
    payment.capture = false;
    payment.multiple_captures = true;
    payment.description = "\"quoted\" \\ and\nnew line, é 😀";
    payment.metadata = {{"b\"", "\t"}, {"a", "x"}};
    payment.return_url = "https://shop.example/back?a=b&c=d";
    payment.psp_reference = "pi_1";
    payment.failure_code = "card_declined";
    payment.failure_reason = "No.";
    payment.next_action = NextAction{"https://3ds.example/\"x\""};
    payment.capture_before = kCreated;

    const auto body = json::parse(document(payment)).value();
    EXPECT_EQ(body.at("description").as_string(), *payment.description);
    EXPECT_EQ(body.at("metadata").at("b\"").as_string(), "\t");
    EXPECT_EQ(body.at("metadata").as_object().begin()->key(), "a");
    EXPECT_EQ(body.at("next_action").at("type").as_string(), "redirect");
    EXPECT_EQ(body.at("next_action").at("url").as_string(), payment.next_action->url);
    EXPECT_EQ(body.at("return_url").as_string(), *payment.return_url);
    EXPECT_EQ(body.at("authorized_amount").as_int64(), 11);
    EXPECT_EQ(body.at("captured_amount").as_int64(), 8);
    EXPECT_EQ(body.at("refunded_amount").as_int64(), 7);
    EXPECT_EQ(body.at("voided_amount").as_int64(), 3);  // what expired is part of it
    EXPECT_FALSE(body.at("capture").as_bool());
    EXPECT_TRUE(body.at("multiple_captures").as_bool());
    EXPECT_EQ(body.at("sequence").as_int64(), 7);
    EXPECT_TRUE(body.at("live").as_bool());
    EXPECT_EQ(body.at("capture_before").as_string(), "2026-03-13T10:00:00.123Z");
}

struct Shown {
    const char* name;
    Attempt attempt;
    std::optional<Judgement> judgement;
    std::string operation;
};

TEST(Document, an_operation_is_its_last_member) {
    const Payment payment = payment_with({.authorized = 100, .captured = 60, .refunded = 10, .voided = 40});
    const auto operation = [](std::string_view type, std::string_view status, int amount, std::string_view more) {
        return fmt::format(R"({{"operation_id":"op_0195f000-0001-7000-8014-000000000004","type":"{}","status":"{}",)"
                           R"("amount":{},"currency":"EUR","created_at":"2025-04-01T06:18:06.721Z"{}}})",
                           type, status, amount, more);
    };
    const Shown rows[] = {
        {"a capture", attempt_of(payment, OperationKind::capture, 60, {.final = true, .releases = 40}),
         judged(Outcome::approved), operation("capture", "succeeded", 60, R"(,"final":true,"released_amount":40)")},
        {"one of several captures", attempt_of(payment, OperationKind::capture, 60), judged(Outcome::accepted),
         operation("capture", "pending", 60, R"(,"final":false,"released_amount":0)")},
        {"a void that nothing is known of", attempt_of(payment, OperationKind::void_, 40), std::nullopt,
         operation("void", "pending", 40, "")},
        {"an unclear void", attempt_of(payment, OperationKind::void_, 40), judged(Outcome::unknown),
         operation("void", "pending", 40, "")},
        {"a void that was not executed", attempt_of(payment, OperationKind::void_, 40), judged(Outcome::not_executed),
         operation("void", "not_executed", 40, "")},
        {"an expiry", attempt_of(payment, OperationKind::expire, 40), judged(Outcome::approved),
         operation("expire", "succeeded", 40, "")},
        {"a refund without a reason", attempt_of(payment, OperationKind::refund, 10), judged(Outcome::approved),
         operation("refund", "succeeded", 10,
                   R"(,"refund_id":"re_0195f000-0001-7000-8014-000000000004","reason":null)")},
        {"a refund that was declined", attempt_of(payment, OperationKind::refund, 10, {.reason = "fraudulent"}),
         judged(Outcome::declined),
         operation("refund", "declined", 10,
                   R"(,"refund_id":"re_0195f000-0001-7000-8014-000000000004","reason":"fraudulent",)"
                   R"("failure_code":"insufficient_funds","failure_reason":"The card has insufficient funds.")")},
        {"a refund that failed later", attempt_of(payment, OperationKind::refund_failure, 10),
         judged(Outcome::approved), operation("refund_failure", "succeeded", 10, "")},
    };
    std::string alone = document(payment);
    alone.pop_back();
    for (const Shown& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(operation_document(row.attempt, view_of(row.judgement)), row.operation);
        EXPECT_EQ(document(payment, row.attempt, row.judgement), alone + ",\"operation\":" + row.operation + "}");
    }
}

TEST(Problem, its_members_are_those_of_rfc_9457_and_ours) {
    const auto request = *RequestId::parse("req_0195f000-0000-7000-8014-000000000003");
    EXPECT_EQ(problem(400, {Error::missing_field, "amount is required: add it.", "/amount"}, request),
              R"({"type":"/errors/missing_field","title":"A required field is missing","status":400,)"
              R"("code":"missing_field","detail":"amount is required: add it.","pointer":"/amount",)"
              R"("request_id":"req_0195f000-0000-7000-8014-000000000003"})");
    EXPECT_EQ(problem(402, {Error::payment_declined, "No."}, request, R"({"a":1})"),
              R"({"type":"/errors/payment_declined","title":"The payment was declined","status":402,)"
              R"("code":"payment_declined","detail":"No.",)"
              R"("request_id":"req_0195f000-0000-7000-8014-000000000003","payment":{"a":1}})");
}

}  // namespace
}  // namespace florin::payments
