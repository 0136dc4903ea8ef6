#include <gtest/gtest.h>

#include "psp/stripe/decode.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

const Call kCall = authorize_call(true);

Answer decoded(int status, std::string body) {
    return decode_call(wire(status, std::move(body)), Expectation{.call = kCall});
}

void check(const Row& row) {
    expect_answer(row, decoded(row.status, row.body));
}

IntentText with_card(std::string card) {
    return {.card = std::move(card)};
}

std::int64_t seconds_held(const std::string& body) {
    const auto answer = decoded(200, body);
    EXPECT_EQ(answer.kind, Kind::approved) << answer.evidence;
    if (!answer.capture_before) return -1;
    return std::chrono::floor<std::chrono::seconds>(*answer.capture_before).time_since_epoch().count() - 1'700'000'000;
}

TEST(DecodeAuthorize, says_what_happened) {
    const Row rows[] = {
        {"held", 200, held(), Kind::approved, "", false, "pi_1"},
        {"processing", 200, unpaid("processing"), Kind::accepted, "", false, "pi_1"},
        {"payer must act", 200, next_action("https://hooks.stripe.com/3ds"), Kind::action_required, "", false, "pi_1"},
        {"failed card", 200, failed_with(R"({"code":"card_declined","decline_code":"insufficient_funds"})"),
         Kind::declined, "insufficient_funds", false, "pi_1"},
        {"canceled", 200, unpaid("canceled"), Kind::declined, "canceled", false, "pi_1"},
        {"lapsed before it was known", 200, IntentText{.status = "canceled", .cancellation_reason = "automatic"}.text(),
         Kind::declined, "authorization_expired", false, "pi_1"},
        {"canceled after it was held", 200, released(), Kind::declined, "canceled", false, "pi_1"},
        {"card error", 402, card_error(R"("code":"expired_card")", unpaid("requires_payment_method")), Kind::declined,
         "expired_card", false, "pi_1"},
        {"card error though held", 402, card_error(R"("code":"expired_card")", held()), Kind::unclear, "", true,
         "pi_1"},
        {"never tried", 200, unpaid("requires_payment_method"), Kind::unclear, "", false, "pi_1"},
        {"500 with a hold", 500, held(), Kind::unclear},
    };
    for (const auto& row : rows) check(row);
}

TEST(DecodeAuthorize, what_contradicts_the_request_is_unclear_and_alerts) {
    const auto with_alert = [](const char* name, std::string body) {
        check({name, 200, std::move(body), Kind::unclear, "", true, "pi_1"});
    };
    const auto ok = held();
    with_alert("captured at once", succeeded());
    with_alert("captured in part", IntentText{.received = 100}.text());
    with_alert("less held than asked", with(ok, R"("amount_capturable":1000)", R"("amount_capturable":600)"));
    with_alert("nothing held", with(ok, R"("amount_capturable":1000)", R"("amount_capturable":0)"));
    with_alert("held as text", with(ok, R"("amount_capturable":1000)", R"("amount_capturable":"1000")"));
    with_alert("held missing", with(ok, R"("amount_capturable":1000,)", ""));
    with_alert("received missing", with(ok, R"("amount_received":0,)", ""));
    with_alert("other amount", with(ok, R"("amount":1000)", R"("amount":999)"));
    with_alert("other currency", with(ok, R"("usd")", R"("eur")"));
    with_alert("other mode", with(ok, R"("livemode":false)", R"("livemode":true)"));
    with_alert("charge captured", with(ok, R"("captured":false)", R"("captured":true)"));
    with_alert("charge captured in part", with(ok, R"("amount_captured":0)", R"("amount_captured":100)"));
    with_alert("charge of another amount",
               with(ok, R"("object":"charge","amount":1000)", R"("object":"charge","amount":100)"));
    with_alert("charge failed", with(ok, R"("status":"succeeded"},"livemode")", R"("status":"failed"},"livemode")"));
    with_alert("without a date", with(ok, R"("created":1700000000,)", ""));
    with_alert("with an impossible date", with(ok, "1700000000", "9223372036854775807"));
    with_alert("with a date before all", with(ok, "1700000000", "-1"));
}

TEST(DecodeAuthorize, an_intent_of_somebody_else_gives_no_reference) {
    const auto ok = held();
    const auto foreign = [](const char* name, std::string body) {
        check({name, 200, std::move(body), Kind::unclear, "", true});
    };
    foreign("other payment", with(ok, "000000000001", "00000000000a"));
    foreign("other operation", with(ok, "000000000002", "00000000000a"));
    foreign("other attempt", with(ok, R"("florin_attempt":"1")", R"("florin_attempt":"2")"));
    foreign("charge of another intent", with(ok, R"("payment_intent":"pi_1")", R"("payment_intent":"pi_2")"));
}

TEST(DecodeAuthorize, the_hold_ends_when_stripe_says) {
    EXPECT_EQ(seconds_held(held()), 500'000);
}

TEST(DecodeAuthorize, the_brands_table_counts_where_stripe_does_not_say) {
    constexpr std::int64_t kWeek = 7 * 86'400;
    constexpr std::int64_t kShortest = 4 * 86'400 + 18 * 3'600;
    for (const auto* brand : {"visa", "mastercard", "amex", "discover"}) {
        EXPECT_EQ(seconds_held(with_card(fmt::format(R"({{"brand":"{}","capture_before":null}})", brand)).text()),
                  kWeek);
    }
    EXPECT_EQ(seconds_held(with_card(R"({"brand":"jcb"})").text()), kShortest);
    EXPECT_EQ(seconds_held(with_card("{}").text()), kShortest);
    EXPECT_EQ(seconds_held(with_card("null").text()), kShortest);
    EXPECT_EQ(seconds_held(with(held(), R"("latest_charge":{)", R"("latest_charge":"ch_1","was":{)")), kShortest);
    // No end of a hold: before it began, or beyond any calendar.
    for (const auto* stated : {"0", "-1", "1700000000", "9223372036854775807", R"("1700500000")", "1700500000.5"}) {
        EXPECT_EQ(seconds_held(with_card(fmt::format(R"({{"brand":"visa","capture_before":{}}})", stated)).text()),
                  kWeek)
            << stated;
    }
}

TEST(DecodeAuthorize, several_captures_are_granted_only_where_asked_and_available) {
    EXPECT_TRUE(decoded(200, held()).multiple_captures);
    for (const auto* card : {R"({"brand":"visa","multicapture":{"status":"unavailable"}})",
                             R"({"brand":"visa","multicapture":"available"})", R"({"brand":"visa"})", "null"}) {
        EXPECT_FALSE(decoded(200, with_card(card).text()).multiple_captures) << card;
    }
    const auto single = authorize_call();
    EXPECT_FALSE(decode_call(wire(200, held()), {.call = single}).multiple_captures);
}

TEST(DecodeAuthorize, a_sale_is_never_satisfied_by_a_hold) {
    const auto sale = sale_call();
    const auto answer = decode_call(wire(200, held()), {.call = sale});
    EXPECT_EQ(answer.kind, Kind::unclear);
    EXPECT_TRUE(answer.alert);
    EXPECT_FALSE(answer.capture_before.has_value());
}

}  // namespace
}  // namespace florin::psp::stripe
