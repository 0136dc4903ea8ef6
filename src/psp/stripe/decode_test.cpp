#include "psp/stripe/decode.hpp"

#include <gtest/gtest.h>

#include "psp/stripe/intent_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

const Call kCall = sale_call();

Answer decoded(int status, std::string body, bool replayed = false) {
    return decode_call(wire(status, std::move(body), replayed), Expectation{.call = kCall});
}

struct Row {
    const char* name;
    int status;
    std::string body;
    Kind kind;
    std::string code = {};  // of the decline
    bool alert = false;
    bool reference = false;
};

void check(const Row& row) {
    SCOPED_TRACE(row.name);
    const auto answer = decoded(row.status, row.body);
    EXPECT_EQ(to_string(answer.kind), to_string(row.kind)) << answer.evidence;
    EXPECT_EQ(answer.decline ? answer.decline->code : "", row.code);
    EXPECT_EQ(answer.decline.has_value(), answer.kind == Kind::declined);
    EXPECT_EQ(answer.alert, row.alert) << answer.evidence;
    EXPECT_EQ(answer.reference.value_or(""), row.reference ? "pi_1" : "");
    EXPECT_EQ(answer.http_status, row.status);
    EXPECT_TRUE(answer.evidence.starts_with("HTTP ")) << answer.evidence;
}

std::string invalid(std::string_view code, std::string_view param = {}) {
    std::string members = R"("type":"invalid_request_error","message":"No.")";
    if (!code.empty()) members += R"(,"code":")" + std::string(code) + '"';
    if (!param.empty()) members += R"(,"param":")" + std::string(param) + '"';
    return error_body(members);
}

TEST(Decode, an_intent_that_agrees_says_what_happened) {
    const Row rows[] = {
        {"succeeded", 200, succeeded(), Kind::approved, "", false, true},
        {"charge not expanded", 200, with(succeeded(), R"("latest_charge":{)", R"("latest_charge":"ch_1","was":{)"),
         Kind::approved, "", false, true},
        {"upper-case currency", 200, with(succeeded(), R"("usd")", R"("USD")"), Kind::approved, "", false, true},
        {"processing", 200, unpaid("processing"), Kind::accepted, "", false, true},
        {"requires_action without a link", 200, unpaid("requires_action"), Kind::action_required, "", false, true},
        {"requires_action with a link", 200, next_action("https://hooks.stripe.com/3ds"), Kind::action_required, "",
         false, true},
        {"failed authentication", 200, failed_with(R"({"code":"payment_intent_authentication_failure"})"),
         Kind::declined, "authentication_failed", false, true},
        {"failed card", 200, failed_with(R"({"code":"card_declined","decline_code":"insufficient_funds"})"),
         Kind::declined, "insufficient_funds", false, true},
        {"canceled", 200, unpaid("canceled"), Kind::declined, "canceled", false, true},
        {"never tried", 200, unpaid("requires_payment_method"), Kind::unclear, "", false, true},
        {"not confirmed", 200, unpaid("requires_confirmation"), Kind::unclear, "", false, true},
        {"a status of the future", 200, unpaid("blocked_by_moon"), Kind::unclear, "", false, true},
        {"a hostile status", 200, unpaid(R"(\" or 1=1 --)"), Kind::unclear, "", false, true},
    };
    for (const auto& row : rows) check(row);
}

TEST(Decode, an_intent_that_contradicts_the_request_is_unclear_and_alerts) {
    const auto ok = succeeded();
    const auto with_alert = [](const char* name, std::string body, bool reference = true) {
        check({name, 200, std::move(body), Kind::unclear, "", true, reference});
    };
    with_alert("other amount", with(ok, R"("amount":1000)", R"("amount":100)"));
    with_alert("amount as text", with(ok, R"("amount":1000)", R"("amount":"1000")"));
    with_alert("amount as float", with(ok, R"("amount":1000)", R"("amount":1000.0)"));
    with_alert("amount missing", with(ok, R"("amount":1000,)", ""));
    with_alert("amount null", with(ok, R"("amount":1000)", R"("amount":null)"));
    with_alert("other currency", with(ok, R"("usd")", R"("eur")"));
    with_alert("currency missing", with(ok, R"("currency":"usd",)", ""));
    with_alert("partial approval", with(ok, R"("amount_received":1000)", R"("amount_received":600)"));
    with_alert("nothing received", with(ok, R"("amount_received":1000)", R"("amount_received":0)"));
    with_alert("other mode", with(ok, R"("livemode":false)", R"("livemode":true)"));
    with_alert("mode missing", with(ok, R"("livemode":false,)", ""));
    with_alert("charge of another amount",
               with(ok, R"("object":"charge","amount":1000)", R"("object":"charge","amount":1)"));
    with_alert("charge failed", with(ok, R"("status":"succeeded","outcome")", R"("status":"failed","outcome")"));
    with_alert("charge not captured", with(ok, R"("captured":true)", R"("captured":false)"));
    with_alert("another kind of object", with(ok, R"("object":"payment_intent")", R"("object":"charge")"));
    with_alert("waits for capture", unpaid("requires_capture"));
    with_alert("received while processing",
               with(unpaid("processing"), R"("amount_received":0)", R"("amount_received":1)"));
    with_alert("received though canceled",
               with(unpaid("canceled"), R"("amount_received":0)", R"("amount_received":1000)"));
    with_alert("link without TLS", next_action("http://hooks.stripe.com/3ds"));
    with_alert("link that is a script", next_action("javascript:alert(1)"));
}

TEST(Decode, an_intent_of_somebody_else_gives_no_reference) {
    const auto ok = succeeded();
    const auto foreign = [](const char* name, std::string body) {
        check({name, 200, std::move(body), Kind::unclear, "", true, false});
    };
    foreign("other payment", with(ok, "000000000001", "00000000000a"));
    foreign("other operation", with(ok, "000000000002", "00000000000a"));
    foreign("other attempt", with(ok, R"("florin_attempt":"1")", R"("florin_attempt":"2")"));
    foreign("attempt as number", with(ok, R"("florin_attempt":"1")", R"("florin_attempt":1)"));
    foreign("no metadata", with(ok, R"("metadata")", R"("other")"));
    foreign("other id", with(ok, R"("id":"pi_1")", R"("id":"pi_2")"));
    foreign("id missing", with(ok, R"("id":"pi_1",)", ""));
    foreign("id that is a path", with(ok, R"("id":"pi_1")", R"("id":"pi_1/../x")"));
    foreign("charge of another intent", with(ok, R"("payment_intent":"pi_1")", R"("payment_intent":"pi_2")"));
    foreign("an empty object", "{}");
    foreign("an error with status 200", invalid("resource_missing"));
}

TEST(Decode, a_card_error_is_a_decline_only_with_its_own_uncharged_intent) {
    const auto codes = R"("code":"card_declined","decline_code":"insufficient_funds")";
    const auto intent = unpaid("requires_payment_method");
    const Row rows[] = {
        {"insufficient funds", 402, card_error(codes, intent), Kind::declined, "insufficient_funds", false, true},
        {"expired", 402, card_error(R"("code":"expired_card")", intent), Kind::declined, "expired_card", false, true},
        {"stolen", 402, card_error(R"("code":"card_declined","decline_code":"stolen_card")", intent), Kind::declined,
         "card_declined", false, true},
        {"unknown code", 402, card_error(R"("code":"blue_moon")", intent), Kind::declined, "card_declined", false,
         true},
        {"no code", 402, card_error(R"("message":"no")", intent), Kind::declined, "card_declined", false, true},
        {"code of another type", 402, card_error(R"("code":7)", intent), Kind::declined, "card_declined", false, true},
        {"canceled intent", 402, card_error(codes, unpaid("canceled")), Kind::declined, "insufficient_funds", false,
         true},
        {"no intent", 402, error_body(R"("type":"card_error","code":"card_declined")"), Kind::unclear},
        {"intent null", 402, card_error(codes, "null"), Kind::unclear, "", true},
        {"intent is a name", 402, card_error(codes, R"("pi_1")"), Kind::unclear, "", true},
        {"intent succeeded", 402, card_error(codes, succeeded()), Kind::unclear, "", true, true},
        {"intent processing", 402, card_error(codes, unpaid("processing")), Kind::unclear, "", true, true},
        {"other amount", 402, card_error(codes, with(intent, R"("amount":1000)", R"("amount":1)")), Kind::unclear, "",
         true, true},
        {"other operation", 402, card_error(codes, with(intent, "000000000002", "00000000000a")), Kind::unclear, "",
         true},
        {"other type", 402, error_body(R"("type":"invalid_request_error","payment_intent":)" + intent), Kind::unclear,
         "", false, true},
        {"status 400", 400, card_error(codes, intent), Kind::unclear, "", false, true},
        {"status 500", 500, card_error(codes, intent), Kind::unclear},
    };
    for (const auto& row : rows) check(row);
}

TEST(Decode, refusals_mean_what_the_table_says) {
    const auto before = Kind::refused_before_execution;
    const Row rows[] = {
        {"bad key", 401, invalid(""), before, "", true},
        {"expired key", 401, invalid("api_key_expired"), before, "", true},
        {"no permission", 403, invalid(""), before, "", true},
        {"rate", 429, invalid("rate_limit"), before},
        {"lock timeout", 429, invalid("lock_timeout"), Kind::unclear},
        {"429 without a code", 429, invalid(""), Kind::unclear},
        {"rate of another type", 429, error_body(R"("type":"api_error","code":"rate_limit")"), Kind::unclear},
        {"429 of a proxy", 429, R"({"message":"slow down"})", Kind::unclear},
        {"401 of a proxy", 401, R"({"error":"unauthorized"})", Kind::unclear},
        {"401 with a code of state", 401, invalid("idempotency_key_in_use"), Kind::unclear, "", true},
        {"401 that names an intent", 401,
         error_body(R"("type":"invalid_request_error","payment_intent":)" + unpaid("requires_payment_method")),
         Kind::unclear, "", true, true},
        {"unknown payment method", 400, invalid("resource_missing", "payment_method"), Kind::declined,
         "invalid_payment_method"},
        {"unknown token", 400, invalid("resource_missing", "payment_method_data[card][token]"), Kind::declined,
         "invalid_payment_method"},
        {"unknown customer", 400, invalid("resource_missing", "customer"), Kind::unclear},
        {"too small", 400, invalid("amount_too_small", "amount"), Kind::declined, "amount_too_small"},
        {"too large", 400, invalid("amount_too_large", "amount"), Kind::declined, "amount_too_large"},
        {"bad integer", 400, invalid("parameter_invalid_integer", "amount"), Kind::declined, "invalid_amount"},
        {"unknown parameter", 400, invalid("parameter_unknown", "color"), Kind::declined, "invalid_request"},
        {"missing parameter", 400, invalid("parameter_missing", "currency"), Kind::declined, "invalid_request"},
        {"bad currency", 400, invalid("", "currency"), Kind::declined, "currency_not_supported"},
        {"too small, but charged", 400,
         error_body(R"("type":"invalid_request_error","code":"amount_too_small","payment_intent":)" + succeeded()),
         Kind::unclear, "", false, true},
        {"400 without words", 400, invalid(""), Kind::unclear},
        {"token used", 400, invalid("token_already_used"), Kind::unclear},
        {"state", 400, invalid("payment_intent_unexpected_state"), Kind::unclear},
        {"mismatch", 400, error_body(R"("type":"idempotency_error")"), Kind::unclear},
        {"in flight", 409, invalid("idempotency_key_in_use"), Kind::unclear},
        {"conflict", 409, invalid("lock_timeout"), Kind::unclear},
        {"404", 404, invalid("resource_missing"), Kind::unclear},
        {"424", 424, invalid(""), Kind::unclear},
        {"500", 500, error_body(R"("type":"api_error")"), Kind::unclear},
        {"503 like a refusal", 503, invalid("rate_limit"), Kind::unclear},
        {"500 with a success", 500, succeeded(), Kind::unclear},
        {"201 with a success", 201, succeeded(), Kind::unclear},
        {"302", 302, succeeded(), Kind::unclear},
        {"error is an array", 400, R"({"error":[1]})", Kind::unclear},
    };
    for (const auto& row : rows) check(row);
}

TEST(Decode, a_replay_is_marked_whatever_it_holds) {
    EXPECT_TRUE(decoded(500, error_body(R"("type":"api_error")"), true).replayed);
    EXPECT_TRUE(decoded(500, "<html>", true).replayed);
    const auto declined = decoded(402, card_error(R"("code":"expired_card")", unpaid("requires_payment_method")), true);
    EXPECT_TRUE(declined.replayed);
    EXPECT_EQ(declined.kind, Kind::declined);
    EXPECT_FALSE(decoded(200, succeeded()).replayed);
    auto no = wire(200, succeeded());
    no.headers.emplace_back("idempotent-replayed", "false");
    EXPECT_FALSE(decode_call(no, {.call = kCall}).replayed);
}

TEST(Decode, the_answer_about_an_object_believes_only_the_object_that_was_asked_for) {
    const auto about = [](int status, std::string body, std::string_view reference = "pi_1") {
        return decode_object(wire(status, std::move(body)), {.call = kCall, .reference = reference});
    };
    EXPECT_EQ(about(200, succeeded()).kind, Kind::approved);
    EXPECT_EQ(about(200, succeeded(), "pi_9").kind, Kind::unclear);
    EXPECT_TRUE(about(200, succeeded(), "pi_9").alert);
    EXPECT_FALSE(about(200, succeeded(), "pi_9").reference.has_value());
    // Refusing to show an object says nothing about the payment.
    EXPECT_EQ(about(404, invalid("resource_missing", "intent")).kind, Kind::unclear);
    EXPECT_EQ(about(401, invalid("")).kind, Kind::unclear);
    EXPECT_TRUE(about(401, invalid("")).alert);
    EXPECT_EQ(about(429, invalid("rate_limit")).kind, Kind::unclear);
    EXPECT_EQ(about(400, invalid("parameter_unknown", "x")).kind, Kind::unclear);
    EXPECT_FALSE(about(400, invalid("parameter_unknown", "x")).decline.has_value());
}

TEST(Decode, a_failure_of_the_client_is_refused_unsent_only_when_nothing_was_sent) {
    EXPECT_EQ(decode_failure({.nothing_sent = true, .what = "connection refused"}).kind, Kind::refused_unsent);
    const auto timeout = decode_failure({.nothing_sent = false, .what = "timeout after 30000 ms"});
    EXPECT_EQ(timeout.kind, Kind::unclear);
    EXPECT_EQ(timeout.evidence, "timeout after 30000 ms");
}

TEST(Decode, a_page_of_a_list_is_read_or_refused_whole) {
    const auto list = [](const std::string& items, const char* more) {
        return R"({"object":"list","url":"/v1/payment_intents","has_more":)" + std::string(more) + R"(,"data":[)" +
               items + "]}";
    };
    const auto page = decode_page(wire(200, list(succeeded() + "," + unpaid("canceled"), "true")));
    ASSERT_TRUE(page.has_value());
    EXPECT_EQ(page->data.size(), 2U);
    EXPECT_TRUE(page->has_more);
    EXPECT_EQ(page->last_id, "pi_1");
    EXPECT_TRUE(decode_page(wire(200, list("", "false"))).has_value());
    for (const auto& body : {list("", "true"), list("1", "false"), list("{}", "false"), list("", "0"), list("", "null"),
                             with(list("", "false"), "list", "search_result"), std::string("[]"), std::string()}) {
        EXPECT_FALSE(decode_page(wire(200, body)).has_value()) << body;
    }
    EXPECT_FALSE(decode_page(wire(500, list("", "false"))).has_value());
}

}  // namespace
}  // namespace florin::psp::stripe
