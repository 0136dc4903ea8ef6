#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "psp/stripe/encode.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;

// These bytes may never change: an attempt that is repeated by a later release must send them again.
TEST(EncodeOperations, version_1_of_the_authorization) {
    constexpr std::string_view kReferences =
        "&expand[]=latest_charge&metadata[florin_payment]=pay_01920000-0000-7000-8000-000000000001"
        "&metadata[florin_operation]=op_01920000-0000-7000-8000-000000000002&metadata[florin_attempt]=1";
    EXPECT_EQ(encode_creation(authorize_call(), false).value(),
              "amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=manual"
              "&payment_method_types[]=card" +
                  std::string(kReferences));
    EXPECT_EQ(encode_creation(authorize_call(true), false).value(),
              "amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=manual"
              "&payment_method_types[]=card&payment_method_options[card][request_multicapture]=if_available" +
                  std::string(kReferences));
}

TEST(EncodeOperations, version_1_of_the_captures) {
    EXPECT_EQ(encode_capture(capture_call(600)).value(),
              "amount_to_capture=600&final_capture=true&expand[]=latest_charge"
              "&metadata[op_01920000-0000-7000-8000-000000000101]=1%3A600");
    auto open = open_capture_call(250, 7);
    open.attempt = 3;
    EXPECT_EQ(encode_capture(open).value(),
              "amount_to_capture=250&final_capture=false&expand[]=latest_charge"
              "&metadata[op_01920000-0000-7000-8000-000000000107]=3%3A250");
}

TEST(EncodeOperations, the_key_of_a_captures_mark_fits_stripes_40_characters) {
    EXPECT_EQ(to_string(capture_call(1).operation).size(), 39U);
}

TEST(EncodeOperations, version_1_of_the_cancellations) {
    EXPECT_EQ(encode_cancel(OperationKind::void_), "cancellation_reason=requested_by_customer&expand[]=latest_charge");
    for (const auto kind : {OperationKind::expire, OperationKind::sale, OperationKind::authorize}) {
        EXPECT_EQ(encode_cancel(kind), "cancellation_reason=abandoned&expand[]=latest_charge");
    }
}

TEST(EncodeOperations, version_1_of_the_refund) {
    EXPECT_EQ(encode_refund(refund_call()).value(),
              "payment_intent=pi_1&amount=400&metadata[florin_payment]=pay_01920000-0000-7000-8000-000000000001"
              "&metadata[florin_operation]=op_01920000-0000-7000-8000-000000000101&metadata[florin_attempt]=1");
}

TEST(EncodeOperations, a_refunds_reason_travels_as_stripes_where_it_has_one_and_always_as_metadata) {
    const auto reasons = [](std::string word) {
        auto call = refund_call();
        call.parameters.reason = std::move(word);
        const auto body = encode_refund(call).value();
        const auto at = body.find("&reason=");
        const auto sent = at == std::string::npos ? "" : body.substr(at + 8, body.find("&metadata") - at - 8);
        return sent + "|" + body.substr(body.find("&metadata[florin_reason]=") + 25);
    };
    EXPECT_EQ(reasons("duplicate"), "duplicate|duplicate");
    EXPECT_EQ(reasons("fraudulent"), "fraudulent|fraudulent");
    EXPECT_EQ(reasons("requested_by_customer"), "requested_by_customer|requested_by_customer");
    EXPECT_EQ(reasons("customer_request"), "requested_by_customer|customer_request");
    EXPECT_EQ(reasons("wrong size"), "|wrong%20size");
    EXPECT_EQ(reasons("Duplicate"), "|Duplicate");
}

// what the merchant means and the integer that makes Stripe move just that.
TEST(EncodeOperations, captures_and_refunds_count_as_stripe_counts) {
    struct AmountRow {
        const char* currency;
        std::int64_t minor;
        const char* sent;  // with a leading '!': the refusal
    };
    const AmountRow rows[] = {
        {"USD", 1, "1"},
        {"EUR", 99'999'999, "99999999"},
        {"JPY", 500, "500"},
        {"KRW", 500, "500"},
        {"CLP", 500, "500"},
        {"XOF", 7, "7"},
        {"BHD", 5120, "5120"},
        {"KWD", 10, "10"},
        {"TND", 5120, "5120"},
        {"ISK", 5, "500"},
        {"UGX", 5, "500"},
        {"MGA", 50'000, "500"},
        {"HUF", 1045, "1045"},
        {"TWD", 1045, "1045"},
        {"KWD", 5124, "!invalid_amount"},
        {"MGA", 50'020, "!invalid_amount"},
        {"CLF", 10'000, "!currency_not_supported"},
        {"UYW", 10'000, "!currency_not_supported"},
        {"IQD", 5120, "!currency_not_supported"},
        {"UGX", 1'000'000, "!amount_too_large"},
        {"USD", 0, "!amount_too_small"},
        {"USD", -5, "!amount_too_small"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(std::string(row.currency) + " " + std::to_string(row.minor));
        const Money amount{row.minor, *Currency::parse(row.currency)};
        auto capture = capture_call(1);
        capture.amount = amount;
        auto refund = refund_call(1);
        refund.amount = amount;
        const auto value = [](const Body& body, std::string_view name) {
            if (!body) return "!" + body.error().code;
            const auto at = body->find(name) + name.size();
            return body->substr(at, body->find('&', at) - at);
        };
        EXPECT_EQ(value(encode_capture(capture), "amount_to_capture="), row.sent);
        EXPECT_EQ(value(encode_refund(refund), "&amount="), row.sent);
        const auto marked = encode_capture(capture);
        if (marked) EXPECT_TRUE(marked->ends_with("=1%3A" + std::string(row.sent)));
    }
}

TEST(EncodeOperations, targets) {
    EXPECT_EQ(capture_target("pi_1"), "/v1/payment_intents/pi_1/capture");
    EXPECT_EQ(cancel_target("pi_1"), "/v1/payment_intents/pi_1/cancel");
    EXPECT_EQ(read_refund_target("re_1"), "/v1/refunds/re_1");
    EXPECT_EQ(refunds_of_target("pi_1"), "/v1/refunds?payment_intent=pi_1&limit=100");
    const auto from = WallTime(std::chrono::milliseconds(1'700'000'000'900));
    EXPECT_EQ(list_refunds_target(from, from), "/v1/refunds?created[gte]=1700000000&created[lte]=1700000001&limit=100");
}

TEST(EncodeOperations, refund_ids_cannot_leave_their_path) {
    EXPECT_TRUE(is_refund_id("re_3Nabc_09"));
    for (const auto* bad : {"", "re_", "pi_1", "re_1/cancel", "re_1?x", "re_..", "re_1 ", " re_1", "re_1\r\nX: y"}) {
        EXPECT_FALSE(is_refund_id(bad)) << bad;
    }
}

// Whatever the merchant's word for the reason was, the form has the same fields, in printable ASCII.
RC_GTEST_PROP(EncodeOperations, a_reason_cannot_add_a_field, (std::string reason)) {
    RC_PRE(reason != "duplicate");
    auto call = refund_call();
    call.parameters.reason = reason;
    const auto body = encode_refund(call).value();
    RC_ASSERT(std::ranges::count(body, '&') == 5);
    RC_ASSERT(std::ranges::count(body, '=') == 6);
    RC_ASSERT(std::ranges::all_of(body, [](char c) { return c > 0x20 && c < 0x7f; }));
}

}  // namespace
}  // namespace florin::psp::stripe
