#include <gtest/gtest.h>

#include "psp/stripe/decode.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

const Call kVoid = void_call();
const Call kRest = void_call(600);  // after 4.00 were captured

// The rest of 10.00 was released after a capture of `received`.
std::string rest_released(std::int64_t received, std::string_view status = "succeeded") {
    return IntentText{.status = std::string(status), .received = received, .marks = {mark(9, received)}}.text();
}

Answer decoded(const Call& call, int status, std::string body) {
    return decode_call(wire(status, std::move(body)), Expectation{.call = call, .reference = "pi_1"});
}

Answer read(const Call& call, std::string body) {
    return decode_object(wire(200, std::move(body)), Expectation{.call = call, .reference = "pi_1", .read_back = true});
}

TEST(DecodeRelease, is_proven_by_the_amounts) {
    struct Case {
        const Call& call;
        Row row;
    };
    const auto expired = IntentText{.status = "canceled", .cancellation_reason = "automatic"}.text();
    const Call expiry = expire_call();
    const Case cases[] = {
        {kVoid, {"all of it", 200, released(), Kind::approved, "", false, "pi_1"}},
        {kVoid, {"by Stripe itself", 200, expired, Kind::approved, "", false, "pi_1"}},
        {expiry, {"an expiry", 200, expired, Kind::approved, "", false, "pi_1"}},
        {kRest, {"the rest", 200, rest_released(400), Kind::approved, "", false, "pi_1"}},
        {kRest,
         {"the rest of what is called canceled", 200, rest_released(400, "canceled"), Kind::approved, "", false,
          "pi_1"}},
        {kVoid, {"captured meanwhile", 200, rest_released(1000), Kind::declined, "already_captured", true, "pi_1"}},
        {kVoid,
         {"captured in part meanwhile", 200, rest_released(300), Kind::declined, "already_captured", true, "pi_1"}},
        {kRest, {"less captured than we know", 200, released(), Kind::unclear, "", true, "pi_1"}},
        {kVoid, {"still held", 200, held(), Kind::unclear, "", true, "pi_1"}},
        {kRest,
         {"the rest still held", 200, IntentText{.received = 400, .marks = {mark(9, 400)}}.text(), Kind::unclear, "",
          true, "pi_1"}},
        {kVoid, {"processing", 200, IntentText{.status = "processing"}.text(), Kind::unclear, "", true, "pi_1"}},
        {kVoid,
         {"waiting for the payer", 200, IntentText{.status = "requires_action"}.text(), Kind::unclear, "", true,
          "pi_1"}},
        {kVoid,
         {"canceled and held", 200, with(released(), R"("amount_capturable":0)", R"("amount_capturable":1000)"),
          Kind::unclear, "", true, "pi_1"}},
        {kVoid,
         {"canceled and received more than all", 200,
          with(with(released(), R"("amount_received":0)", R"("amount_received":1001)"), R"("amount_captured":0)",
               R"("amount_captured":1001)"),
          Kind::unclear, "", true, "pi_1"}},
        {kVoid,
         {"received below nothing", 200,
          with(with(released(), R"("amount_received":0)", R"("amount_received":-1)"), R"("amount_captured":0)",
               R"("amount_captured":-1)"),
          Kind::unclear, "", true, "pi_1"}},
        {kVoid,
         {"received missing", 200, with(released(), R"("amount_received":0,)", ""), Kind::unclear, "", true, "pi_1"}},
        {kVoid,
         {"charge captured", 200, with(released(), R"("amount_captured":0)", R"("amount_captured":1000)"),
          Kind::unclear, "", true, "pi_1"}},
        {kVoid,
         {"other amount", 200, with(released(), R"("amount":1000)", R"("amount":999)"), Kind::unclear, "", true,
          "pi_1"}},
        {kVoid, {"other currency", 200, with(released(), R"("usd")", R"("eur")"), Kind::unclear, "", true, "pi_1"}},
        {kVoid,
         {"other mode", 200, with(released(), R"("livemode":false)", R"("livemode":true)"), Kind::unclear, "", true,
          "pi_1"}},
        {kVoid, {"other payment", 200, with(released(), "000000000001", "00000000000a"), Kind::unclear, "", true}},
        {kVoid, {"other id", 200, with(released(), R"("id":"pi_1")", R"("id":"pi_2")"), Kind::unclear, "", true}},
        {kVoid, {"another kind of object", 200, refunded(), Kind::unclear, "", true}},
    };
    for (const auto& [call, row] : cases) expect_answer(row, decoded(call, row.status, row.body));
}

TEST(DecodeRelease, an_object_read_later_shows_whether_anything_is_still_held) {
    EXPECT_EQ(read(kVoid, released()).kind, Kind::approved);
    EXPECT_EQ(read(kRest, rest_released(400)).kind, Kind::approved);
    const auto open = read(kVoid, held());
    EXPECT_EQ(open.kind, Kind::unclear);
    EXPECT_FALSE(open.alert) << open.evidence;
    const auto captured_there = read(kVoid, captured(1000));
    EXPECT_EQ(captured_there.kind, Kind::declined);
    EXPECT_TRUE(captured_there.confirmed && captured_there.alert);
    // All of it captured in parts, none said to be the last.
    EXPECT_EQ(read(kVoid, IntentText{.received = 1000, .marks = {mark(9, 1000)}}.text()).decline->code,
              "already_captured");
}

TEST(DecodeRelease, refusals_mean_what_the_table_says) {
    const Row rows[] = {
        {"state", 400, refused_with("payment_intent_unexpected_state", captured(1000)), Kind::declined,
         "operation_refused", false, "pi_1"},
        {"state, without its intent", 400, invalid("payment_intent_unexpected_state"), Kind::declined,
         "operation_refused"},
        {"captured", 400, invalid("charge_already_captured"), Kind::declined, "already_captured"},
        {"state, but released", 400, refused_with("payment_intent_unexpected_state", released()), Kind::unclear, "",
         false, "pi_1"},
        {"a card error", 402, card_error(R"("code":"card_declined")", held()), Kind::unclear, "", false, "pi_1"},
        {"bad key", 401, invalid(""), Kind::refused_before_execution, "", true},
        {"rate", 429, invalid("rate_limit"), Kind::refused_before_execution},
        {"in flight", 409, invalid("idempotency_key_in_use"), Kind::unclear},
        {"failed", 400, invalid("processing_error"), Kind::unclear},
        {"no such intent", 404, invalid("resource_missing", "intent"), Kind::unclear},
        {"500", 500, error_body(R"("type":"api_error")"), Kind::unclear},
        {"503 with a success", 503, released(), Kind::unclear},
    };
    for (const auto& row : rows) expect_answer(row, decoded(kVoid, row.status, row.body));
}

}  // namespace
}  // namespace florin::psp::stripe
