#include <gtest/gtest.h>

#include "psp/stripe/decode.hpp"
#include "psp/stripe/operation_fixture.hpp"
#include "psp/stripe/refund_object.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

const Call kCall = refund_call();

Answer decoded(int status, std::string body) {
    return decode_call(wire(status, std::move(body)), Expectation{.call = kCall});
}

void check(const Row& row) {
    expect_answer(row, decoded(row.status, row.body));
}

TEST(DecodeRefund, the_status_says_what_happened) {
    const Row rows[] = {
        {"succeeded", 200, refunded(), Kind::approved, "", false, "re_1"},
        {"pending", 200, refunded("pending"), Kind::accepted, "", false, "re_1"},
        {"payer must act", 200, refunded("requires_action"), Kind::accepted, "", false, "re_1"},
        {"failed", 200, refunded("failed"), Kind::declined, "refund_failed", false, "re_1"},
        {"canceled", 200, refunded("canceled"), Kind::declined, "refund_failed", false, "re_1"},
        {"failed for a reason", 200, refund_failed_with("expired_or_canceled_card"), Kind::declined, "refund_failed",
         false, "re_1"},
        {"a status of the future", 200, refunded("on_the_moon"), Kind::unclear, "", false, "re_1"},
        {"a hostile status", 200, refunded(R"(\" or 1=1 --)"), Kind::unclear, "", false, "re_1"},
        {"no status", 200, with(refunded(), R"("status")", R"("was")"), Kind::unclear, "", false, "re_1"},
        {"upper-case currency", 200, with(refunded(), R"("usd")", R"("USD")"), Kind::approved, "", false, "re_1"},
        {"livemode that agrees", 200, with(refunded(), R"("charge")", R"("livemode":false,"charge")"), Kind::approved,
         "", false, "re_1"},
    };
    for (const auto& row : rows) check(row);
}

TEST(DecodeRefund, what_contradicts_the_request_is_unclear_and_alerts) {
    const auto ok = refunded();
    const auto with_alert = [](const char* name, std::string body, std::string reference = "re_1") {
        check({name, 200, std::move(body), Kind::unclear, "", true, std::move(reference)});
    };
    with_alert("more than asked", with(ok, R"("amount":400)", R"("amount":401)"));
    with_alert("less than asked", with(ok, R"("amount":400)", R"("amount":399)"));
    with_alert("amount as text", with(ok, R"("amount":400)", R"("amount":"400")"));
    with_alert("amount as a float", with(ok, R"("amount":400)", R"("amount":400.0)"));
    with_alert("amount missing", with(ok, R"("amount":400,)", ""));
    with_alert("other currency", with(ok, R"("usd")", R"("eur")"));
    with_alert("currency missing", with(ok, R"("currency":"usd",)", ""));
    with_alert("another payment's", with(ok, R"("payment_intent":"pi_1")", R"("payment_intent":"pi_2")"));
    with_alert("no payment's", with(ok, R"("payment_intent":"pi_1",)", ""));
    with_alert("payment expanded", with(ok, R"("payment_intent":"pi_1")", R"("payment_intent":{"id":"pi_1"})"));
    with_alert("other mode", with(ok, R"("charge")", R"("livemode":true,"charge")"));
    with_alert("another kind of object", with(ok, R"("object":"refund")", R"("object":"charge")"));
    with_alert("failed, of another amount", with(refunded("failed"), R"("amount":400)", R"("amount":1)"));
    with_alert("other payment in metadata", with(ok, "000000000001", "00000000000a"), "");
    with_alert("other operation", with(ok, "000000000101", "000000000102"), "");
    with_alert("other attempt", with(ok, R"("florin_attempt":"1")", R"("florin_attempt":"2")"), "");
    with_alert("attempt as number", with(ok, R"("florin_attempt":"1")", R"("florin_attempt":1)"), "");
    with_alert("no metadata", with(ok, R"("metadata")", R"("other")"), "");
    with_alert("id missing", with(ok, R"("id":"re_1",)", ""), "");
    with_alert("id that is a path", with(ok, R"("id":"re_1")", R"("id":"re_1/../x")"), "");
    with_alert("id of an intent", with(ok, R"("id":"re_1")", R"("id":"pi_1")"), "");
    with_alert("the intent instead", captured(1000), "");
    with_alert("an empty object", "{}", "");
    with_alert("an error with status 200", invalid("charge_already_refunded"), "");
}

TEST(DecodeRefund, the_refund_that_was_asked_for_is_believed_and_no_other) {
    const auto about = [](std::string_view reference) {
        return decode_object(wire(200, refunded()), {.call = kCall, .reference = reference, .read_back = true});
    };
    EXPECT_EQ(about("re_1").kind, Kind::approved);
    EXPECT_EQ(about("re_2").kind, Kind::unclear);
    EXPECT_TRUE(about("re_2").alert);
    EXPECT_FALSE(about("re_2").reference.has_value());
}

TEST(DecodeRefund, refusals_mean_what_the_table_says) {
    const auto declined = Kind::declined;
    const Row rows[] = {
        {"refunded", 400, invalid("charge_already_refunded"), declined, "already_refunded"},
        {"disputed", 400, invalid("charge_disputed"), declined, "payment_disputed"},
        {"not refundable", 400, invalid("charge_not_refundable"), declined, "not_refundable"},
        {"too much, as Stripe says it", 400, invalid("", "amount"), declined, "amount_not_available"},
        {"too much, with a code", 400, invalid("amount_too_large", "amount"), declined, "amount_not_available"},
        {"too little", 400, invalid("amount_too_small", "amount"), declined, "amount_too_small"},
        {"bad integer", 400, invalid("parameter_invalid_integer", "amount"), declined, "invalid_amount"},
        {"nothing to refund", 400, invalid("", "payment_intent"), declined, "not_refundable"},
        {"state", 400, invalid("payment_intent_unexpected_state"), declined, "operation_refused"},
        {"no balance", 400, invalid("balance_insufficient"), declined, "psp_balance_insufficient"},
        {"a reason that Stripe does not know", 400, invalid("parameter_unknown", "reason"), declined,
         "invalid_request"},
        {"with its intent", 400, refused_with("charge_already_refunded", captured(1000)), declined, "already_refunded"},
        {"with another's intent", 400,
         refused_with("charge_already_refunded", with(captured(1000), "000000000001", "00000000000a")), Kind::unclear},
        {"a card error", 402, card_error(R"("code":"card_declined")", captured(1000)), Kind::unclear},
        {"a card error alone", 402, error_body(R"("type":"card_error","code":"card_declined")"), Kind::unclear},
        {"bad key", 401, invalid(""), Kind::refused_before_execution, "", true},
        {"no permission", 403, invalid(""), Kind::refused_before_execution, "", true},
        {"401 of another code", 401, invalid("charge_already_refunded"), Kind::unclear, "", true},
        {"rate", 429, invalid("rate_limit"), Kind::refused_before_execution},
        {"lock timeout", 429, invalid("lock_timeout"), Kind::unclear},
        {"in flight", 409, invalid("idempotency_key_in_use"), Kind::unclear},
        {"mismatch", 400, error_body(R"("type":"idempotency_error")"), Kind::unclear},
        {"no such payment", 404, invalid("resource_missing", "payment_intent"), Kind::unclear},
        {"of a proxy", 400, R"({"message":"no"})", Kind::unclear},
        {"500", 500, error_body(R"("type":"api_error")"), Kind::unclear},
        {"500 with a success", 500, refunded(), Kind::unclear},
        {"201 with a success", 201, refunded(), Kind::unclear},
    };
    for (const auto& row : rows) {
        const auto answer = decoded(row.status, row.body);
        expect_answer(row, answer);
        EXPECT_FALSE(answer.confirmed) << row.name;
    }
}

TEST(DecodeRefund, what_is_left_is_judged_in_favour_of_the_refund) {
    const auto exhausted = [](std::string body) {
        const auto intent = decode_plain_object(wire(200, std::move(body)));
        return intent && leaves_less_than_asked(*intent, {.call = kCall, .reference = "pi_1"});
    };
    const auto charged = [](std::int64_t captured, std::int64_t refunded) {
        return IntentText{.status = "succeeded", .received = captured, .refunded = refunded}.text();
    };
    EXPECT_TRUE(exhausted(charged(1000, 1000)));
    EXPECT_TRUE(exhausted(charged(1000, 601)));
    EXPECT_FALSE(exhausted(charged(1000, 600)));
    EXPECT_FALSE(exhausted(charged(1000, 0)));
    // 3.00 captured, 7.00 released: Stripe may count the release as refunded, or not.
    EXPECT_TRUE(exhausted(charged(300, 0))) << "never enough for 4.00";
    EXPECT_FALSE(exhausted(charged(600, 400))) << "6.00 are left where 4.00 were released";
    EXPECT_TRUE(exhausted(charged(600, 1000)));
    // What cannot be read, or is another's, confirms nothing.
    EXPECT_FALSE(exhausted(charged(1000, -1)));
    EXPECT_FALSE(exhausted(charged(1000, 1001)));
    EXPECT_FALSE(exhausted(with(charged(1000, 1000), R"("amount_refunded":1000,)", "")));
    EXPECT_FALSE(exhausted(with(charged(1000, 1000), R"("latest_charge":{)", R"("latest_charge":"ch_1","was":{)")));
    EXPECT_FALSE(exhausted(with(charged(1000, 1000), "000000000001", "00000000000a")));
}

}  // namespace
}  // namespace florin::psp::stripe
