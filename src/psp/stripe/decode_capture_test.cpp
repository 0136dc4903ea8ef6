#include <gtest/gtest.h>

#include "psp/stripe/decode.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

// The whole amount, in one capture; 4.00 of it, the rest released; 4.00 of it, the rest still held.
const Call kWhole = capture_call(1000);
const Call kPart = capture_call(400);
const Call kOpen = open_capture_call(400);

Answer decoded(const Call& call, int status, std::string body) {
    return decode_call(wire(status, std::move(body)), Expectation{.call = call, .reference = "pi_1"});
}

Answer read(const Call& call, std::string body) {
    return decode_object(wire(200, std::move(body)), Expectation{.call = call, .reference = "pi_1", .read_back = true});
}

TEST(DecodeCapture, the_answer_shows_the_capture_and_nothing_else) {
    const auto second = capture_call(600, 2, 400);
    struct Case {
        const Call& call;
        Row row;
    };
    const Case cases[] = {
        {kWhole, {"whole", 200, captured(1000), Kind::approved, "", false, "pi_1"}},
        {kPart, {"part, the rest released", 200, captured(400), Kind::approved, "", false, "pi_1"}},
        {kOpen,
         {"part, the rest held", 200, IntentText{.received = 400, .marks = {mark(1, 400)}}.text(), Kind::approved, "",
          false, "pi_1"}},
        {kOpen,
         {"beside a capture in flight", 200, IntentText{.received = 700, .marks = {mark(2, 300), mark(1, 400)}}.text(),
          Kind::approved, "", false, "pi_1"}},
        {second,
         {"the second takes the rest", 200,
          IntentText{.status = "succeeded", .received = 1000, .marks = {mark(1, 400), mark(2, 600)}}.text(),
          Kind::approved, "", false, "pi_1"}},
        {kOpen,
         {"the last, though not said to be final", 200,
          IntentText{.status = "succeeded", .received = 1000, .marks = {mark(1, 400), mark(2, 600)}}.text(),
          Kind::approved, "", false, "pi_1"}},
        {kOpen,
         {"all taken and still open", 200, IntentText{.received = 1000, .marks = {mark(1, 400), mark(2, 600)}}.text(),
          Kind::approved, "", false, "pi_1"}},
        {kPart,
         {"charge not expanded", 200, with(captured(400), R"("latest_charge":{)", R"("latest_charge":"ch_1","was":{)"),
          Kind::approved, "", false, "pi_1"}},
    };
    for (const auto& [call, row] : cases) expect_answer(row, decoded(call, row.status, row.body));
}

TEST(DecodeCapture, what_contradicts_the_capture_is_unclear_and_alerts) {
    const auto ok = captured(400);
    const auto with_alert = [](const char* name, const std::string& body, const Call& call = kPart,
                               std::string reference = "pi_1") {
        expect_answer({name, 200, body, Kind::unclear, "", true, std::move(reference)}, decoded(call, 200, body));
    };
    const auto both = [&](const char* name, const std::string& from, const std::string& to) {
        with_alert(name, with(ok, from, to));
    };
    both("other amount of the payment", R"("amount":1000)", R"("amount":400)");
    both("more received than captured", R"("amount_received":400)", R"("amount_received":500)");
    both("less received than captured", R"("amount_received":400)", R"("amount_received":0)");
    both("received as text", R"("amount_received":400)", R"("amount_received":"400")");
    both("received as a float", R"("amount_received":400)", R"("amount_received":400.0)");
    both("received missing", R"("amount_received":400,)", "");
    both("still capturable though final", R"("amount_capturable":0)", R"("amount_capturable":600)");
    both("capturable missing", R"("amount_capturable":0,)", "");
    both("other currency", R"("usd")", R"("eur")");
    both("currency missing", R"("currency":"usd",)", "");
    both("other mode", R"("livemode":false)", R"("livemode":true)");
    both("mode missing", R"("livemode":false,)", "");
    both("charge of another amount", R"("object":"charge","amount":1000)", R"("object":"charge","amount":1)");
    both("charge captured otherwise", R"("amount_captured":400)", R"("amount_captured":1000)");
    both("charge failed", R"("status":"succeeded"},"livemode")", R"("status":"failed"},"livemode")");
    both("mark of another amount", R"("1:400")", R"("1:401")");
    both("mark as number", R"("1:400")", "400");
    both("mark without an attempt", R"("1:400")", R"(":400")");
    both("mark with a sign", R"("1:400")", R"("1:+400")");
    both("mark with a leading zero", R"("1:400")", R"("01:400")");
    both("mark with a tail", R"("1:400")", R"("1:400 ")");
    both("mark of another attempt", R"("1:400")", R"("2:400")");
    with_alert("another kind of object", with(ok, R"("object":"payment_intent")", R"("object":"charge")"));
    with_alert("no mark", IntentText{.status = "succeeded", .received = 400}.text());
    with_alert("the mark of another operation",
               IntentText{.status = "succeeded", .received = 400, .marks = {mark(2, 400)}}.text());
    with_alert("more than the marks explain",
               IntentText{.status = "succeeded", .received = 1000, .marks = {mark(1, 400)}}.text());
    with_alert("marks that explain more",
               IntentText{.status = "succeeded", .received = 400, .marks = {mark(1, 400), mark(2, 100)}}.text());
    with_alert("a mark that cannot be read",
               IntentText{.status = "succeeded", .received = 400, .marks = {mark(1, 400), mark(2, 0)}}.text());
    with_alert("marks beyond any amount", IntentText{.status = "succeeded",
                                                     .received = 400,
                                                     .marks = {mark(1, 400), mark(2, INT64_MAX), mark(3, INT64_MAX)}}
                                              .text());
    with_alert("final, and the rest still held", IntentText{.received = 400, .marks = {mark(1, 400)}}.text());
    with_alert("final, beside a capture that we do not know",
               IntentText{.status = "succeeded", .received = 700, .marks = {mark(1, 400), mark(2, 300)}}.text());
    with_alert("not final, and the rest released", captured(400), kOpen);
    with_alert("processing", IntentText{.status = "processing", .received = 400, .marks = {mark(1, 400)}}.text());
    with_alert("nothing captured", held());
    with_alert("released instead", released());
    with_alert("other payment", with(ok, "000000000001", "00000000000a"), kPart, "");
    with_alert("no metadata", with(ok, R"("metadata")", R"("other")"), kPart, "");
    with_alert("other id", with(ok, R"("id":"pi_1")", R"("id":"pi_2")"), kPart, "");
    with_alert("charge of another intent", with(ok, R"("payment_intent":"pi_1")", R"("payment_intent":"pi_2")"), kPart,
               "");
    with_alert("an empty object", "{}", kPart, "");
    with_alert("an error with status 200", invalid("resource_missing"), kPart, "");
    with_alert("the refund instead", refunded(), kPart, "");
}

// A mark that is not just as this program writes it explains nothing, whosever it is.
TEST(DecodeCapture, marks_are_read_in_one_form_only) {
    const auto beside = [](std::string_view foreign) {
        const auto entry = fmt::format(R"("{}":"{}")", to_string(operation_id(2)), foreign);
        const auto body = IntentText{.received = 500, .marks = {mark(1, 400), entry}}.text();
        return decoded(kOpen, 200, body);
    };
    EXPECT_EQ(beside("1:100").kind, Kind::approved);
    EXPECT_EQ(beside("12:100").kind, Kind::approved);
    for (const auto* foreign : {"1:0100", "01:100", "1:+100", "1: 100", "1:100 ", "1:100x", "1:100:1", ":100", "100",
                                "0:100", "-1:100", "40000:100", "1:", "1:99999999999999999999", ""}) {
        const auto answer = beside(foreign);
        EXPECT_EQ(answer.kind, Kind::unclear) << foreign;
        EXPECT_TRUE(answer.alert) << foreign;
    }
}

TEST(DecodeCapture, our_own_mark_with_another_amount_is_neither_ours_nor_absent) {
    for (const auto* status : {"requires_capture", "succeeded", "canceled"}) {
        const auto body = IntentText{.status = status, .received = 500, .marks = {mark(1, 500)}}.text();
        for (const auto& call : {kPart, kOpen}) {
            const auto answer = read(call, body);
            EXPECT_EQ(answer.kind, Kind::unclear) << status;
            EXPECT_TRUE(answer.alert) << status;
        }
    }
}

TEST(DecodeCapture, an_object_read_later_shows_whether_the_capture_took_place) {
    // Found, whatever came after it.
    EXPECT_EQ(read(kWhole, captured(1000)).kind, Kind::approved);
    EXPECT_EQ(read(kOpen, captured(400)).kind, Kind::approved) << "the rest was voided since";
    EXPECT_EQ(
        read(kOpen, IntentText{.status = "succeeded", .received = 900, .marks = {mark(1, 400), mark(2, 500)}}.text())
            .kind,
        Kind::approved);
    // Not there, and the intent still holds: it may come.
    const auto open = read(kPart, held());
    EXPECT_EQ(open.kind, Kind::unclear);
    EXPECT_FALSE(open.alert) << open.evidence;
    const auto other = read(kPart, IntentText{.received = 300, .marks = {mark(2, 300)}}.text());
    EXPECT_EQ(other.kind, Kind::unclear);
    EXPECT_FALSE(other.alert) << other.evidence;
    // The next attempt of the operation took its place.
    const auto next = read(kOpen, IntentText{.received = 400, .marks = {mark(1, 400, 2)}}.text());
    EXPECT_EQ(next.kind, Kind::unclear);
    EXPECT_FALSE(next.alert) << next.evidence;
}

TEST(DecodeCapture, an_intent_that_takes_no_capture_any_more_declines_what_is_not_there) {
    struct Case {
        IntentText intent;
        const char* code;
    };
    const Case cases[] = {
        {{.status = "canceled", .cancellation_reason = "automatic"}, "authorization_expired"},
        {{.status = "canceled", .cancellation_reason = "expired"}, "authorization_expired"},
        {{.status = "canceled", .cancellation_reason = "requested_by_customer"}, "already_voided"},
        {{.status = "canceled"}, "already_voided"},
        {{.status = "succeeded", .received = 1000, .marks = {mark(2, 1000)}}, "already_captured"},
        {{.status = "succeeded", .received = 300, .marks = {mark(2, 300)}}, "already_captured"},
    };
    for (const auto& [intent, code] : cases) {
        SCOPED_TRACE(code);
        const auto answer = read(kPart, intent.text());
        EXPECT_EQ(answer.kind, Kind::declined) << answer.evidence;
        EXPECT_TRUE(answer.confirmed);
        EXPECT_FALSE(answer.alert);
        ASSERT_TRUE(answer.decline.has_value());
        EXPECT_EQ(answer.decline->code, code);
        EXPECT_EQ(answer.decline->type, payments::DeclineClass::invalid_request);
    }
    // Captured by somebody else: nothing is known of it.
    EXPECT_TRUE(read(kPart, IntentText{.status = "succeeded", .received = 1000}.text()).alert);
}

TEST(DecodeCapture, the_evidence_names_what_speaks_against_a_decline) {
    const auto evidence = [](const std::string& intent) {
        return decoded(kPart, 402, card_error(R"("code":"card_declined")", intent)).evidence;
    };
    EXPECT_TRUE(evidence(with(held(), R"("amount":1000)", R"("amount":1)")).ends_with("contradicts it in amount"));
    EXPECT_TRUE(evidence(captured(400)).ends_with("contradicts it in status"));
    EXPECT_TRUE(evidence(captured(500)).ends_with("contradicts it in figures"));
}

TEST(DecodeCapture, refusals_mean_what_the_table_says) {
    const auto declined = Kind::declined;
    const auto issuer = R"("code":"card_declined","decline_code":"insufficient_funds")";
    const Row rows[] = {
        {"state", 400, invalid("payment_intent_unexpected_state"), declined, "operation_refused"},
        {"state, with its intent", 400, refused_with("payment_intent_unexpected_state", released()), declined,
         "operation_refused", false, "pi_1"},
        {"P-21: expired", 400, refused_with("charge_expired_for_capture", held()), declined, "authorization_expired",
         false, "pi_1"},
        {"expired at the issuer", 400, invalid("capture_charge_authorization_expired"), declined,
         "authorization_expired"},
        {"captured", 400, invalid("charge_already_captured"), declined, "already_captured"},
        {"released", 400, invalid("charge_already_refunded"), declined, "already_refunded"},
        {"not authorized", 400, invalid("capture_unauthorized_payment"), declined, "operation_refused"},
        {"disputed", 400, invalid("charge_disputed"), declined, "payment_disputed"},
        {"too much", 400, invalid("amount_too_large", "amount_to_capture"), declined, "amount_not_available"},
        {"too much, without a code", 400, invalid("", "amount_to_capture"), declined, "amount_not_available"},
        {"too little", 400, invalid("amount_too_small", "amount_to_capture"), declined, "amount_too_small"},
        {"bad integer", 400, invalid("parameter_invalid_integer", "amount_to_capture"), declined, "invalid_amount"},
        {"no multicapture", 400, invalid("", "final_capture"), declined, "operation_refused"},
        {"too many marks", 400, invalid("", "metadata"), declined, "operation_refused"},
        {"unknown parameter", 400, invalid("parameter_unknown", "final_capture"), declined, "invalid_request"},
        {"state, but captured", 400, refused_with("payment_intent_unexpected_state", captured(400)), Kind::unclear, "",
         false, "pi_1"},
        {"state, of another payment", 400,
         refused_with("payment_intent_unexpected_state", with(released(), "000000000001", "00000000000a")),
         Kind::unclear},
        {"issuer", 402, card_error(issuer, held()), declined, "insufficient_funds", false, "pi_1"},
        {"issuer, without the intent", 402, error_body(R"("type":"card_error","code":"card_declined")"), Kind::unclear},
        {"issuer, but captured", 402, card_error(issuer, captured(400)), Kind::unclear, "", true, "pi_1"},
        {"issuer, of another amount", 402, card_error(issuer, with(held(), R"("amount":1000)", R"("amount":1)")),
         Kind::unclear, "", true, "pi_1"},
        {"issuer, intent is a name", 402, card_error(issuer, R"("pi_1")"), Kind::unclear, "", true},
        {"bad key", 401, invalid(""), Kind::refused_before_execution, "", true},
        {"no permission", 403, invalid(""), Kind::refused_before_execution, "", true},
        {"rate", 429, invalid("rate_limit"), Kind::refused_before_execution},
        {"rate, with an intent", 429, refused_with("rate_limit", held()), Kind::unclear, "", false, "pi_1"},
        {"lock timeout", 429, invalid("lock_timeout"), Kind::unclear},
        {"in flight", 409, invalid("idempotency_key_in_use"), Kind::unclear},
        {"mismatch", 400, error_body(R"("type":"idempotency_error")"), Kind::unclear},
        {"no such intent", 404, invalid("resource_missing", "intent"), Kind::unclear},
        {"state with another status", 402, invalid("charge_already_captured"), Kind::unclear},
        {"state of another type", 400, error_body(R"("type":"api_error","code":"charge_already_captured")"),
         Kind::unclear},
        {"a code of the future", 400, invalid("moon_in_the_way"), Kind::unclear},
        {"500", 500, error_body(R"("type":"api_error")"), Kind::unclear},
        {"500 with a success", 500, captured(400), Kind::unclear},
        {"201 with a success", 201, captured(400), Kind::unclear},
        {"302", 302, captured(400), Kind::unclear},
        {"503 like a refusal", 503, invalid("charge_already_captured"), Kind::unclear},
    };
    for (const auto& row : rows) {
        const auto answer = decoded(kPart, row.status, row.body);
        expect_answer(row, answer);
        EXPECT_FALSE(answer.confirmed) << row.name << ": only the object read back confirms";
    }
}

}  // namespace
}  // namespace florin::psp::stripe
