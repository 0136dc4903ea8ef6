#include "payments/request.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace florin::payments {
namespace {

Checked<CreateRequest> parse(std::string_view text, bool live = false) {
    return parse_create_request(json::parse(text).value(), live);
}

// A right request with further members, each written as `,"name":value`.
std::string with(std::string_view more) {
    return fmt::format(R"({{"amount":1050,"currency":"EUR","payment_method":"pm_card_visa"{}}})", more);
}

TEST(CreateRequest, a_bare_one_gets_its_defaults) {
    const auto request = parse(with("")).value();
    EXPECT_EQ(request.amount, Money(1050, kEur));
    EXPECT_EQ(request.payment_method, "pm_card_visa");
    EXPECT_TRUE(request.capture);
    EXPECT_FALSE(request.description || request.return_url);
    EXPECT_TRUE(request.metadata.empty());
}

TEST(CreateRequest, an_authorization_may_ask_for_several_captures) {
    EXPECT_FALSE(parse(with(R"(,"capture":false)"))->capture);
    EXPECT_FALSE(parse(with(R"(,"capture":false)"))->multiple_captures);
    EXPECT_TRUE(parse(with(R"(,"multiple_captures":true,"capture":false)"))->multiple_captures);
    EXPECT_TRUE(parse(with(R"(,"multiple_captures":false)"))->capture);
}

TEST(CreateRequest, a_full_one_keeps_every_field) {
    const auto request =
        parse(
            with(
                R"(,"capture":true,"description":"é","metadata":{"b":"2","a":"1"},"return_url":"https://shop.example/x")"))
            .value();
    EXPECT_EQ(request.description, "é");
    EXPECT_EQ(request.metadata, (Metadata{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(request.return_url, "https://shop.example/x");
}

struct Refused {
    std::string body;
    Error error;
    const char* pointer;
    const char* detail;
};

void expect_refused(const Refused& test) {
    SCOPED_TRACE(test.body.substr(0, 200));
    const auto request = parse(test.body);
    ASSERT_FALSE(request);
    EXPECT_EQ(to_string(request.error().error), to_string(test.error));
    EXPECT_EQ(request.error().pointer, test.pointer);
    EXPECT_NE(request.error().detail.find(test.detail), std::string::npos) << request.error().detail;
}

std::string amount(std::string_view value, std::string_view currency = "EUR") {
    return fmt::format(R"({{"amount":{},"currency":"{}","payment_method":"pm_card_visa"}})", value, currency);
}

TEST(CreateRequest, a_wrong_amount_or_currency_is_refused) {
    const Refused cases[] = {
        {amount("0"), Error::amount_out_of_range, "/amount", "from 1 to 99999999 minor units of EUR"},
        {amount("-1"), Error::amount_out_of_range, "/amount", "from 1"},
        {amount("100000000"), Error::amount_out_of_range, "/amount", "from 1"},
        {amount("9223372036854775807"), Error::amount_out_of_range, "/amount", "from 1"},
        {amount("\"100\""), Error::invalid_field, "/amount", "integer in minor units"},
        {amount("null"), Error::invalid_field, "/amount", "integer in minor units"},
        {amount("true"), Error::invalid_field, "/amount", "integer in minor units"},
        {amount("[100]"), Error::invalid_field, "/amount", "integer in minor units"},
        {amount("{}"), Error::invalid_field, "/amount", "integer in minor units"},
        {amount("1", "eur"), Error::currency_unknown, "/currency", "ISO 4217 code in upper case"},
        {amount("1", "XXX"), Error::currency_unknown, "/currency", "ISO 4217"},
        {amount("1", "BTC"), Error::currency_unknown, "/currency", "ISO 4217"},
        {amount("1", "DEM"), Error::currency_unknown, "/currency", "ISO 4217"},
        {amount("1", ""), Error::currency_unknown, "/currency", "ISO 4217"},
        {R"({"amount":1,"currency":978,"payment_method":"pm_x"})", Error::invalid_field, "/currency", "string"},
    };
    for (const Refused& test : cases) expect_refused(test);
    EXPECT_TRUE(parse(amount("1")));
    EXPECT_TRUE(parse(amount("99999999", "JPY")));
}

TEST(CreateRequest, names_are_checked_and_the_nearest_is_offered) {
    const Refused cases[] = {
        {"[]", Error::malformed_request, "", "must be a JSON object"},
        {"\"x\"", Error::malformed_request, "", "must be a JSON object"},
        {"{}", Error::missing_field, "/amount", "amount is required"},
        {R"({"amount":1})", Error::missing_field, "/currency", "currency is required"},
        {R"({"amount":1,"currency":"EUR"})", Error::missing_field, "/payment_method", "payment_method is required"},
        {with(R"(,"amuont":1)"), Error::unknown_field, "/amuont", "did you mean amount?"},
        {with(R"(,"tip":1)"), Error::unknown_field, "/tip", "the fields are amount, currency"},
        {with(R"(,"a/b~c":1)"), Error::unknown_field, "/a~1b~0c", "\"a/b~c\""},
        {with(",\"" + std::string(100, 'x') + "\":1"), Error::unknown_field, "", "very long"},
    };
    for (const Refused& test : cases) expect_refused(test);
}

TEST(CreateRequest, every_other_field_is_checked) {
    const auto metadata = [](int members) {
        std::string text = ",\"metadata\":{";
        for (int i = 0; i < members; ++i) text += fmt::format("{}\"k{}\":\"v\"", i == 0 ? "" : ",", i);
        return with(text + "}");
    };
    const auto text = [](std::string_view name, std::string_view character, int times) {
        std::string value;
        for (int i = 0; i < times; ++i) value += character;
        return with(fmt::format(",\"{}\":\"{}\"", name, value));
    };
    const auto method = [](std::string_view value) {
        return fmt::format(R"({{"amount":1,"currency":"EUR","payment_method":{}}})", value);
    };
    const Refused cases[] = {
        {method("\"\""), Error::invalid_field, "/payment_method", "1 to 64"},
        {method("\"pm card\""), Error::invalid_field, "/payment_method", "1 to 64"},
        {method("\"pm_é\""), Error::invalid_field, "/payment_method", "1 to 64"},
        {method("\"" + std::string(65, 'x') + "\""), Error::invalid_field, "/payment_method", "1 to 64"},
        {method("null"), Error::invalid_field, "/payment_method", "string"},
        {with(R"(,"multiple_captures":true)"), Error::invalid_field, "/multiple_captures", "\"capture\": false"},
        {with(R"(,"capture":true,"multiple_captures":true)"), Error::invalid_field, "/multiple_captures", "needs"},
        {with(R"(,"capture":false,"multiple_captures":1)"), Error::invalid_field, "/multiple_captures",
         "true or false"},
        {with(R"(,"capture":"true")"), Error::invalid_field, "/capture", "without quotes"},
        {with(R"(,"capture":null)"), Error::invalid_field, "/capture", "true or false"},
        {text("description", "é", 1001), Error::invalid_field, "/description", "1000"},
        {with(R"(,"description":null)"), Error::invalid_field, "/description", "leave the field out"},
        {with(R"(,"description":5)"), Error::invalid_field, "/description", "string"},
        {metadata(51), Error::invalid_field, "/metadata", "50"},
        {with(R"(,"metadata":[])"), Error::invalid_field, "/metadata", "object of strings"},
        {with(R"(,"metadata":{"a":1})"), Error::invalid_field, "/metadata", "500"},
        {with(R"(,"metadata":{"":"x"})"), Error::invalid_field, "/metadata", "1 to 40"},
        {with(",\"metadata\":{\"" + std::string(41, 'k') + "\":\"x\"}"), Error::invalid_field, "/metadata", "1 to 40"},
        {with(",\"metadata\":{\"k\":\"" + std::string(501, 'v') + "\"}"), Error::invalid_field, "/metadata", "500"},
        {with(R"(,"return_url":"ftp://x.example")"), Error::invalid_field, "/return_url", "https://"},
        {with(R"(,"return_url":null)"), Error::invalid_field, "/return_url", "leave the field out"},
    };
    for (const Refused& test : cases) expect_refused(test);
    EXPECT_TRUE(parse(text("description", "é", 1000)));
    EXPECT_TRUE(parse(metadata(50)));
    EXPECT_TRUE(parse(method("\"" + std::string(64, 'x') + "\"")));
}

TEST(CreateRequest, a_card_number_is_refused_wherever_it_stands_and_never_repeated) {
    const std::string cases[] = {
        R"({"amount":1,"currency":"EUR","payment_method":"4242424242424242"})",
        R"({"amount":1,"currency":"EUR","payment_method":"4242 4242 4242 4242"})",
        R"({"amount":1,"currency":"EUR","payment_method":"card_4242424242424242"})",
        R"({"amount":4242424242424242,"currency":"EUR","payment_method":"pm_x"})",
        R"({"amount":1,"currency":"4242424242424242","payment_method":"pm_x"})",
        with(R"(,"description":"my card 4242-4242-4242-4242")"),
        with(R"(,"metadata":{"card":"4242 4242 4242 4242"})"),
        with(R"(,"metadata":{"4242424242424242":"x"})"),
        with(R"(,"metadata":{"a":["4242424242424242"]})"),
        with(R"(,"return_url":"https://shop.example/?card=4242424242424242")"),
        with(R"(,"number":"4242424242424242")"),
        with(R"(,"4242424242424242":1)"),
    };
    for (const std::string& body : cases) {
        SCOPED_TRACE(body);
        const auto request = parse(body);
        ASSERT_FALSE(request);
        EXPECT_EQ(to_string(request.error().error), "card_number_refused");
        EXPECT_EQ((request.error().detail + request.error().pointer).find("4242"), std::string::npos);
    }
}

TEST(CreateRequest, the_test_alias_is_accepted_in_test_mode_only_and_only_as_payment_method) {
    const std::string body = R"({"amount":1,"currency":"EUR","payment_method":"tok_4242424242424242"})";
    EXPECT_EQ(parse(body)->payment_method, "tok_4242424242424242");
    EXPECT_EQ(parse(body, true).error().error, Error::card_number_refused);
    EXPECT_EQ(parse(with(R"(,"description":"tok_4242424242424242")")).error().error, Error::card_number_refused);
}

TEST(CreateRequest, the_same_request_has_the_same_fingerprint_however_it_is_written) {
    const auto print = [](std::string_view text) { return fingerprint("/api/v1/payments", parse(text).value()); };
    const Digest bare = print(with(""));
    EXPECT_EQ(bare, print(R"( {"payment_method":"pm_card_visa", "currency":"\u0045UR","amount":1050} )"));
    EXPECT_EQ(bare, print(with(R"(,"capture":true,"metadata":{})")));
    EXPECT_EQ(print(with(R"(,"metadata":{"a":"1","b":"2"})")), print(with(R"(,"metadata":{"b":"2","a":"1"})")));

    EXPECT_NE(bare, fingerprint("/api/v1/other", parse(with("")).value()));
    EXPECT_NE(bare, print(amount("1051")));
    EXPECT_NE(bare, print(amount("1050", "USD")));
    EXPECT_NE(bare, print(with(R"(,"description":"")")));
    EXPECT_NE(bare, print(with(R"(,"metadata":{"a":"1"})")));
    EXPECT_NE(bare, print(with(R"(,"return_url":"https://x.example")")));
    const Digest authorize = print(with(R"(,"capture":false)"));
    EXPECT_NE(bare, authorize);
    EXPECT_EQ(authorize, print(with(R"(,"multiple_captures":false,"capture":false)")));
    EXPECT_NE(authorize, print(with(R"(,"multiple_captures":true,"capture":false)")));
    EXPECT_NE(print(with(R"(,"metadata":{"a":"1"})")), print(with(R"(,"metadata":{"a":"2"})")));
}

// Stored under keys that never expire: a change of these bytes turns every repeat into another request.
TEST(CreateRequest, its_fingerprint_never_changes) {
    const auto print = [](std::string_view text) { return fingerprint("/api/v1/payments", parse(text).value()); };
    EXPECT_EQ(print(with("")),
              sha256("/api/v1/payments\n"
                     R"({"amount":1050,"capture":true,"currency":"EUR","description":null,"metadata":{},)"
                     R"("payment_method":"pm_card_visa","return_url":null})"));
    EXPECT_EQ(print(with(R"(,"capture":false,"multiple_captures":true)")),
              sha256("/api/v1/payments\n"
                     R"({"amount":1050,"capture":false,"currency":"EUR","description":null,"metadata":{},)"
                     R"("multiple_captures":true,"payment_method":"pm_card_visa","return_url":null})"));
}

TEST(CreateRequest, the_first_field_that_differs_is_named) {
    const auto request =
        parse(with(R"(,"description":"d","metadata":{"a":"1","b":"2"},"return_url":"https://x.example")")).value();
    const Payment stored{.id = {},
                         .merchant = {},
                         .amount = request.amount,
                         .amounts = {},
                         .payment_method = request.payment_method,
                         .description = request.description,
                         .metadata = request.metadata,
                         .return_url = request.return_url,
                         .psp = "stripe",
                         .psp_reference = {},
                         .failure_code = {},
                         .failure_reason = {},
                         .next_action = {},
                         .capture_before = {},
                         .created_at = {},
                         .updated_at = {}};
    EXPECT_EQ(differing_field(request, stored, {}), "");
    CreateRequest several = request;
    several.multiple_captures = true;
    // Compared with what was asked for, not with what the PSP granted.
    EXPECT_EQ(differing_field(several, stored, {.multiple_captures = true}), "");
    EXPECT_EQ(differing_field(request, stored, {.multiple_captures = true}), "/multiple_captures");
    const auto differs = [&](auto change) {
        CreateRequest other = request;
        change(other);
        return differing_field(other, stored, {});
    };
    EXPECT_EQ(differs([](auto& r) { r.amount = Money(1, kEur); }), "/amount");
    EXPECT_EQ(differs([](auto& r) { r.amount = Money(1050, kUsd); }), "/currency");
    EXPECT_EQ(differs([](auto& r) { r.payment_method = "pm_other"; }), "/payment_method");
    EXPECT_EQ(differs([](auto& r) { r.capture = false; }), "/capture");
    EXPECT_EQ(differs([](auto& r) { r.multiple_captures = true; }), "/multiple_captures");
    EXPECT_EQ(differs([](auto& r) { r.description.reset(); }), "/description");
    EXPECT_EQ(differs([](auto& r) { r.metadata["b"] = "3"; }), "/metadata/b");
    EXPECT_EQ(differs([](auto& r) { r.metadata.erase("a"); }), "/metadata/a");
    EXPECT_EQ(differs([](auto& r) { r.metadata["c/d"] = "3"; }), "/metadata/c~1d");
    EXPECT_EQ(differs([](auto& r) { r.metadata.clear(); }), "/metadata/a");
    EXPECT_EQ(differs([](auto& r) { r.return_url = "https://y.example"; }), "/return_url");
}

}  // namespace
}  // namespace florin::payments
