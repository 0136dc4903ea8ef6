#include "payments/document.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace florin::payments {
namespace {

const WallTime kCreated = *parse_time("2026-03-13T10:00:00.123Z");

Payment bare_payment() {
    return {.id = *PaymentId::parse("pay_0195f000-0000-7000-8014-000000000001"),
            .merchant = *MerchantId::parse("mer_0195f000-0000-7000-8014-000000000002"),
            .amount = Money(1050, kEur),
            .amounts = {},
            .payment_method = "pm_card_visa",
            .description = {},
            .metadata = {},
            .return_url = {},
            .psp = "stripe",
            .psp_reference = {},
            .failure_code = {},
            .failure_reason = {},
            .next_action = {},
            .capture_before = {},
            .created_at = kCreated,
            .updated_at = kCreated};
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
    payment.amounts = {.authorized = 9, .captured = 8, .refunded = 7, .voided = 1};
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
    EXPECT_EQ(body.at("authorized_amount").as_int64(), 9);
    EXPECT_EQ(body.at("captured_amount").as_int64(), 8);
    EXPECT_EQ(body.at("refunded_amount").as_int64(), 7);
    EXPECT_EQ(body.at("voided_amount").as_int64(), 1);
    EXPECT_EQ(body.at("sequence").as_int64(), 7);
    EXPECT_TRUE(body.at("live").as_bool());
    EXPECT_EQ(body.at("capture_before").as_string(), "2026-03-13T10:00:00.123Z");
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
