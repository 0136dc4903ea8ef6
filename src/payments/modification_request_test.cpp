#include <fmt/core.h>
#include <gtest/gtest.h>

#include "payments/modification.hpp"
#include "payments/payment_fixture.hpp"

namespace florin::payments {
namespace {

using enum OperationKind;

Checked<ModificationRequest> parse(OperationKind kind, std::string_view text) {
    return parse_modification(kind, json::parse(text).value());
}

TEST(ModificationRequest, an_empty_one_asks_for_all_that_is_left) {
    for (const auto kind : {capture, void_, refund}) {
        const auto request = parse(kind, "{}").value();
        EXPECT_EQ(request.kind, kind);
        EXPECT_FALSE(request.amount || request.currency || request.final || request.reason);
    }
}

TEST(ModificationRequest, a_full_one_keeps_every_field) {
    const auto taken = parse(capture, R"({"amount":1,"currency":"EUR","final":false})").value();
    EXPECT_EQ(taken.amount, 1);
    EXPECT_EQ(taken.currency, kEur);
    EXPECT_EQ(taken.final, false);
    const auto given = parse(refund, R"({"amount":9223372036854775807,"reason":"Too_big - 2"})").value();
    EXPECT_EQ(given.amount, 9223372036854775807);  // only the payment knows that it is too much
    EXPECT_EQ(given.reason, "Too_big - 2");
}

struct Wrong {
    OperationKind kind;
    std::string body;
    Error error;
    const char* pointer;
    const char* detail;
};

TEST(ModificationRequest, what_the_request_alone_shows_wrong_is_refused) {
    const auto reason = [](std::string_view text) { return fmt::format(R"({{"reason":"{}"}})", text); };
    const Wrong rows[] = {
        {capture, R"({"amount":0})", Error::amount_out_of_range, "/amount", "at least 1"},
        {capture, R"({"amount":-100})", Error::amount_out_of_range, "/amount", "at least 1"},
        {refund, R"({"amount":0})", Error::amount_out_of_range, "/amount", "at least 1"},
        {refund, R"({"amount":-1})", Error::amount_out_of_range, "/amount", "at least 1"},
        {refund, R"({"amount":-9223372036854775808})", Error::amount_out_of_range, "/amount", "at least 1"},
        {capture, R"({"amount":"100"})", Error::invalid_field, "/amount", "integer in minor units"},
        {capture, R"({"amount":null})", Error::invalid_field, "/amount", "integer in minor units"},
        {capture, R"({"currency":"eur"})", Error::currency_unknown, "/currency", "ISO 4217"},
        {capture, R"({"currency":"XXX"})", Error::currency_unknown, "/currency", "ISO 4217"},
        {refund, R"({"currency":"BTC"})", Error::currency_unknown, "/currency", "ISO 4217"},
        {refund, R"({"currency":"HRK"})", Error::currency_unknown, "/currency", "ISO 4217"},
        {refund, R"({"currency":978})", Error::invalid_field, "/currency", "string"},
        {capture, R"({"final":"true"})", Error::invalid_field, "/final", "without quotes"},
        {capture, R"({"final":null})", Error::invalid_field, "/final", "true or false"},
        {refund, reason(""), Error::invalid_field, "/reason", "1 to 64"},
        {refund, reason(std::string(65, 'x')), Error::invalid_field, "/reason", "1 to 64"},
        {refund, reason("é"), Error::invalid_field, "/reason", "1 to 64"},
        {refund, reason("a\\nb"), Error::invalid_field, "/reason", "1 to 64"},
        {refund, R"({"reason":1})", Error::invalid_field, "/reason", "string"},
        {refund, reason("4242 4242 4242 4242"), Error::card_number_refused, "/reason", "card number"},
        {capture, R"({"a~2/b":"4242424242424242"})", Error::card_number_refused, "/a~02~1b", "card number"},
        {capture, "{\"" + std::string(2000, 'x') + R"(":"4242424242424242"})", Error::card_number_refused, "",
         "A field with a very long name holds a card number"},
        {capture, R"({"amount":4242424242424242})", Error::card_number_refused, "/amount", "card number"},
        {capture, R"({"reason":"x"})", Error::unknown_field, "/reason", "the fields are amount, currency, final"},
        {refund, R"({"final":true})", Error::unknown_field, "/final", "the fields are amount, currency, reason"},
        {refund, R"({"amuont":1})", Error::unknown_field, "/amuont", "did you mean amount?"},
        {void_, R"({"amount":1})", Error::unknown_field, "/amount", "must be empty, or {}"},
        {void_, "[]", Error::malformed_request, "", "JSON object"},
        {capture, "null", Error::malformed_request, "", "JSON object"},
        {refund, "1", Error::malformed_request, "", "JSON object"},
    };
    for (const Wrong& row : rows) {
        SCOPED_TRACE(std::string(to_string(row.kind)) + " " + row.body);
        const auto request = parse(row.kind, row.body);
        ASSERT_FALSE(request);
        EXPECT_EQ(to_string(request.error().error), to_string(row.error));
        EXPECT_EQ(request.error().pointer, row.pointer);
        EXPECT_NE(request.error().detail.find(row.detail), std::string::npos) << request.error().detail;
        EXPECT_EQ(request.error().detail.find("4242"), std::string::npos);
    }
    EXPECT_TRUE(parse(refund, reason(std::string(64, 'x'))));
    // A float and what exceeds 64 bits never reach a request.
    EXPECT_FALSE(json::parse(R"({"amount":100.0})"));
    EXPECT_FALSE(json::parse(R"({"amount":9223372036854775808})"));
}

TEST(ModificationRequest, the_same_request_has_the_same_fingerprint_however_it_is_written) {
    const auto print = [](std::string_view text, std::string_view path = "/api/v1/payments/pay_1/capture") {
        return fingerprint(path, parse(capture, text).value());
    };
    EXPECT_EQ(print(R"({"amount":1,"final":true})"), print(R"( {"final" : true, "amount" : 1} )"));
    const Digest bare = print("{}");
    EXPECT_NE(bare, print("{}", "/api/v1/payments/pay_2/capture"));
    EXPECT_NE(bare, print("{}", "/api/v1/payments/pay_1/refund"));
    EXPECT_NE(bare, print(R"({"amount":1})"));
    EXPECT_NE(print(R"({"amount":2})"), print(R"({"amount":1})"));
    EXPECT_NE(bare, print(R"({"currency":"EUR"})"));
    EXPECT_NE(bare, print(R"({"final":false})"));
    EXPECT_NE(print(R"({"final":true})"), print(R"({"final":false})"));
    EXPECT_NE(fingerprint("/p", parse(refund, "{}").value()),
              fingerprint("/p", parse(refund, R"({"reason":"a"})").value()));
}

// Stored under keys that never expire: a change of these bytes turns every repeat into another request.
TEST(ModificationRequest, its_fingerprint_never_changes) {
    const auto request = parse(capture, R"({"amount":1,"currency":"EUR","final":true})").value();
    EXPECT_EQ(fingerprint("/p", request), sha256("/p\n{\"amount\":1,\"currency\":\"EUR\",\"final\":true}"));
    EXPECT_EQ(fingerprint("/p", parse(void_, "{}").value()), sha256("/p\n{}"));
    EXPECT_EQ(fingerprint("/p", parse(refund, R"({"reason":"a"})").value()), sha256("/p\n{\"reason\":\"a\"}"));
}

TEST(ModificationRequest, the_first_field_that_differs_is_named) {
    const Payment payment = payment_with({.authorized = 100});
    const Attempt taken = attempt_of(payment, capture, 60, {.final = true, .releases = 40});
    const Attempt given = attempt_of(payment, refund, 60, {.reason = "a"});
    const auto differs = [](OperationKind kind, std::string_view text, const Attempt& stored) {
        return differing_field(parse(kind, text).value(), stored);
    };
    EXPECT_EQ(differs(capture, R"({"amount":61,"currency":"USD"})", taken), "/amount");
    EXPECT_EQ(differs(capture, R"({"amount":60,"currency":"USD"})", taken), "/currency");
    EXPECT_EQ(differs(capture, R"({"amount":60,"currency":"EUR","final":false})", taken), "/final");
    EXPECT_EQ(differs(capture, R"({"amount":60,"currency":"EUR","final":true})", taken), "");
    EXPECT_EQ(differs(refund, R"({"amount":60,"reason":"b"})", given), "/reason");
    EXPECT_EQ(differs(refund, R"({"amount":60})", given), "/reason");
    EXPECT_EQ(differs(refund, R"({"amount":60,"reason":"a"})", given), "");
    EXPECT_EQ(differs(refund, R"({"amount":61})", taken), "");  // another path
}

}  // namespace
}  // namespace florin::payments
