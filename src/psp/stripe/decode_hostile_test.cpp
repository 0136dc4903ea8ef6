#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "psp/stripe/decode.hpp"
#include "psp/stripe/intent_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

const Call kCall = sale_call();

Answer decoded(int status, std::string body) {
    return decode_call(wire(status, std::move(body)), Expectation{.call = kCall});
}

std::string deep(std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
}

TEST(HostileAnswer, a_body_that_is_not_stripes_json_is_unclear) {
    const auto twice = with(succeeded(), R"("currency":"usd")", R"("currency":"usd","currency":"usd")");
    const std::string bodies[] = {"",
                                  " ",
                                  "null",
                                  "true",
                                  "[]",
                                  "\"pi_1\"",
                                  "<html><h1>Bad gateway</h1></html>",
                                  "{",
                                  "\xEF\xBB\xBF" + succeeded(),
                                  succeeded().substr(0, succeeded().size() / 2),
                                  succeeded() + "x",
                                  succeeded() + succeeded(),
                                  twice,
                                  with(succeeded(), R"("amount":1000)", R"("amount":NaN)"),
                                  with(succeeded(), R"("amount":1000)", R"("amount":18446744073709551616)"),
                                  with(succeeded(), "ch_1", "ch_\xFF"),
                                  with(succeeded(), "ch_1", std::string_view("ch_\0", 4)),
                                  with(succeeded(), R"("next_action":null)", R"("x":)" + deep(80)),
                                  deep(100'000),
                                  std::string(kAnswerBytes, ' ') + succeeded(),
                                  "\x1F\x8B\x08 gzip"};
    for (const auto& body : bodies) {
        for (const int status : {200, 402, 401, 400, 429, 500}) {
            SCOPED_TRACE(body.substr(0, 40));
            const auto answer = decoded(status, body);
            EXPECT_EQ(answer.kind, Kind::unclear);
            EXPECT_FALSE(answer.reference || answer.decline || answer.alert);
            EXPECT_EQ(answer.http_status, status);
        }
    }
}

TEST(HostileAnswer, json_under_another_content_type_is_unclear) {
    auto html = wire(200, succeeded());
    html.headers.front().second = "text/html";
    EXPECT_EQ(decode_call(html, {.call = kCall}).kind, Kind::unclear);
    auto none = wire(200, succeeded());
    none.headers.clear();
    EXPECT_EQ(decode_call(none, {.call = kCall}).kind, Kind::unclear);
    auto charset = wire(200, succeeded());
    charset.headers.front().second = "application/json; charset=utf-8";
    EXPECT_EQ(decode_call(charset, {.call = kCall}).kind, Kind::approved);
}

TEST(HostileAnswer, an_encoded_body_is_unclear_even_when_it_reads_as_json) {
    auto packed = wire(200, succeeded());
    packed.headers.emplace_back("content-encoding", "gzip");
    EXPECT_EQ(decode_call(packed, {.call = kCall}).kind, Kind::unclear);
    packed.headers.back().second = "identity";
    EXPECT_EQ(decode_call(packed, {.call = kCall}).kind, Kind::approved);
}

TEST(HostileAnswer, evidence_says_what_was_wrong) {
    const auto evidence = [](http::ClientAnswer answer) { return decode_call(answer, {.call = kCall}).evidence; };
    EXPECT_EQ(evidence(wire(200, "")), "HTTP 200 with an empty body");
    EXPECT_EQ(evidence(wire(200, "{")), "HTTP 200 1 bytes that are not well-formed JSON or not an object");
    auto html = wire(502, "<html>");
    html.headers.front().second = "text/html";
    EXPECT_EQ(evidence(html), "HTTP 502 6 bytes of a content type that is not JSON");
    auto packed = wire(200, "packed");
    packed.headers.emplace_back("content-encoding", "gzip");
    EXPECT_EQ(evidence(packed), "HTTP 200 6 bytes in a content encoding that was not asked for");
}

TEST(HostileAnswer, evidence_never_repeats_hostile_text) {
    const auto answer = decoded(400, error_body(R"("type":"x\ny 4242424242424242","code":"<script>")"));
    EXPECT_EQ(answer.evidence, "HTTP 400 ? ?");
}

RC_GTEST_PROP(HostileAnswer, random_bytes_never_crash_and_never_approve, (std::string body)) {
    const auto status = *rc::gen::element(200, 400, 401, 402, 409, 429, 500);
    RC_ASSERT(decoded(status, body).kind == Kind::unclear);
    RC_ASSERT(!decode_page(wire(status, body)).has_value());
}

// Cut short anywhere, or with one byte changed: still our payment in full, or not approved.
RC_GTEST_PROP(HostileAnswer, a_damaged_success_is_approved_only_where_the_damage_means_nothing, ()) {
    auto body = succeeded();
    const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
    RC_ASSERT(decoded(200, body.substr(0, at)).kind == Kind::unclear);
    body[at] = *rc::gen::arbitrary<char>();
    const auto answer = decoded(200, body);
    if (answer.kind == Kind::approved) RC_ASSERT(answer.reference.has_value());
    RC_ASSERT(answer.kind == Kind::approved || answer.kind == Kind::unclear);
    for (const char* part :
         {R"("amount":1000,)", R"("amount_received":1000)", R"("livemode":false)", R"("florin_attempt":"1")",
          R"("florin_payment":"pay_01920000-0000-7000-8000-000000000001")",
          R"("florin_operation":"op_01920000-0000-7000-8000-000000000002")"}) {
        if (!body.contains(part)) RC_ASSERT(answer.kind == Kind::unclear);
    }
}

}  // namespace
}  // namespace florin::psp::stripe
