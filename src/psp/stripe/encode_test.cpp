#include "psp/stripe/encode.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "psp/stripe/intent_fixture.hpp"
#include "psp/stripe/redirect.hpp"

namespace florin::psp::stripe {
namespace {

using fixture::sale_call;

// These bytes may never change: an attempt that is repeated by a later release must send them again.
constexpr std::string_view kMetadata =
    "&expand[]=latest_charge&metadata[florin_payment]=pay_01920000-0000-7000-8000-000000000001"
    "&metadata[florin_operation]=op_01920000-0000-7000-8000-000000000002&metadata[florin_attempt]=1";

TEST(Encode, version_1_of_the_plain_sale) {
    EXPECT_EQ(encode_creation(sale_call(), false).value(),
              "amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=automatic"
              "&payment_method_types[]=card" +
                  std::string(kMetadata));
}

TEST(Encode, version_1_of_a_sale_with_everything) {
    auto call = sale_call();
    call.amount = Money{5, *Currency::parse("UGX")};
    call.attempt = 3;
    call.description = "Café & cake = 100% +\n\"good\"";
    call.return_url = "https://shop.example/back?a=1&b=[2]";
    auto metadata = std::string(kMetadata);
    metadata.back() = '3';
    EXPECT_EQ(encode_creation(call, true).value(),
              "amount=500&currency=ugx&payment_method=pm_card_visa&confirm=true&capture_method=automatic"
              "&payment_method_types[]=card&description=Caf%C3%A9%20%26%20cake%20%3D%20100%25%20%2B%0A%22good%22"
              "&return_url=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1%26b%3D%5B2%5D" +
                  metadata);
}

TEST(Encode, payment_methods_pass_tokens_are_wrapped_and_the_rest_is_refused) {
    const auto method = [](std::string text, bool live) {
        auto call = sale_call();
        call.payment_method = std::move(text);
        const auto body = encode_creation(call, live);
        if (!body) return body.error().code;
        const auto begin = body->find("payment_method");
        return body->substr(begin, body->find("&confirm") - begin);
    };
    EXPECT_EQ(method("pm_1N", true), "payment_method=pm_1N");
    EXPECT_EQ(method("tok_visa", false), "payment_method_data[type]=card&payment_method_data[card][token]=tok_visa");
    EXPECT_EQ(method("tok_4242424242424242", false), "payment_method=pm_card_visa");
    EXPECT_EQ(method("tok_4242424242424242", true),
              "payment_method_data[type]=card&payment_method_data[card][token]=tok_4242424242424242");
    for (const auto* bad :
         {"", "pm_", "tok_", "4242424242424242", "card_1", "pm_1&amount=1", "pm_ 1", "PM_1", "pm_\n"}) {
        EXPECT_EQ(method(bad, false), "invalid_payment_method") << bad;
    }
    EXPECT_EQ(method("pm_" + std::string(300, 'a'), false), "invalid_payment_method");
}

TEST(Encode, an_amount_that_stripe_cannot_take_is_refused_before_sending) {
    auto call = sale_call();
    call.amount = Money{5124, kKwd};
    EXPECT_EQ(encode_creation(call, false).error().type, payments::DeclineClass::invalid_request);
    call.amount = Money{10000, kClf};
    EXPECT_EQ(encode_creation(call, false).error().code, "currency_not_supported");
}

TEST(Encode, targets) {
    EXPECT_EQ(read_target("pi_1"), "/v1/payment_intents/pi_1?expand[]=latest_charge");
    EXPECT_EQ(cancel_target("pi_1"), "/v1/payment_intents/pi_1/cancel");
    const auto from = WallTime(std::chrono::milliseconds(1'700'000'000'900));
    EXPECT_EQ(list_intents_target(from, from + Milliseconds(500)),
              "/v1/payment_intents?created[gte]=1700000000&created[lte]=1700000002&limit=50"
              "&expand[]=data.latest_charge");
    EXPECT_EQ(next_page("/v1/refunds?limit=100", "pi_7"), "/v1/refunds?limit=100&starting_after=pi_7");
}

TEST(Encode, intent_ids_cannot_leave_their_path) {
    EXPECT_TRUE(is_intent_id("pi_3Nabc_09"));
    for (const auto* bad :
         {"", "pi_", "ch_1", "pi_1/cancel", "pi_1?x", "pi_..", "pi_1 ", " pi_1", "pi_1\r\nX: y", "PI_1"}) {
        EXPECT_FALSE(is_intent_id(bad)) << bad;
    }
    EXPECT_FALSE(is_intent_id("pi_" + std::string(300, 'a')));
}

TEST(Redirect, only_https_or_the_simulators_own_machine) {
    for (const auto* good :
         {"https://hooks.stripe.com/redirect/x?y=z#f", "https://shop.example:8443/", "https://[2001:db8::1]/"}) {
        EXPECT_TRUE(is_safe_redirect(good, true)) << good;
    }
    for (const auto* local : {"http://127.0.0.1:9090/3ds/pi_1", "http://localhost/x", "http://[::1]:80/x"}) {
        EXPECT_TRUE(is_safe_redirect(local, false)) << local;
        EXPECT_FALSE(is_safe_redirect(local, true)) << local;
    }
    for (const auto* bad :
         {"", "https://", "https:///x", "http://shop.example/", "javascript:alert(1)", "data:text/html,x",
          "//shop.example/", "/x", "https://user:pw@shop.example/", "http://127.0.0.1@evil.example/",
          "http://127.0.0.1.evil.example/", "https://shop.example/\r\nSet-Cookie: a=b", "https://shop.example/ x",
          "ftp://shop.example/", "https://shop.example/\xC3\xA9"}) {
        EXPECT_FALSE(is_safe_redirect(bad, false)) << bad;
    }
    EXPECT_TRUE(is_safe_redirect("https://a.example/" + std::string(2030, 'x'), true));
    EXPECT_FALSE(is_safe_redirect("https://a.example/" + std::string(2031, 'x'), true));
}

// Whatever the merchant wrote, the form has the same fields, in printable ASCII.
RC_GTEST_PROP(Encode, text_cannot_add_a_field, (std::string text)) {
    auto call = sale_call();
    call.description = text;
    call.return_url = text;
    const auto body = encode_creation(call, false).value();
    RC_ASSERT(std::ranges::count(body, '&') == 11);
    RC_ASSERT(std::ranges::count(body, '=') == 12);
    RC_ASSERT(std::ranges::all_of(body, [](char c) { return c > 0x20 && c < 0x7f; }));
}

}  // namespace
}  // namespace florin::psp::stripe
