#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "psp/stripe/decode.hpp"
#include "psp/stripe/operation_fixture.hpp"

namespace florin::psp::stripe {
namespace {

using namespace fixture;
using Kind = Answer::Kind;

// A call with the answer that approves it.
struct Wanted {
    const char* name;
    Call call;
    std::string success;

    Expectation expected(bool read_back = false) const {
        const bool by_name = !creates_payment(call.kind) && call.kind != OperationKind::refund;
        return {.call = call, .reference = by_name ? "pi_1" : "", .read_back = read_back};
    }
};

const std::vector<Wanted>& all() {
    static const std::vector<Wanted> rows = {
        {"authorize", authorize_call(true), held()},
        {"capture", capture_call(1000), captured(1000)},
        {"last part", capture_call(400), captured(400)},
        {"part", open_capture_call(400), IntentText{.received = 400, .marks = {mark(1, 400)}}.text()},
        {"void", void_call(), released()},
        {"expire", expire_call(), IntentText{.status = "canceled", .cancellation_reason = "automatic"}.text()},
        {"refund", refund_call(), refunded()},
    };
    return rows;
}

TEST(HostileOperations, each_success_is_approved_as_it_stands) {
    for (const auto& row : all()) {
        EXPECT_EQ(decode_call(wire(200, row.success), row.expected()).kind, Kind::approved) << row.name;
        EXPECT_EQ(decode_object(wire(200, row.success), row.expected(true)).kind, Kind::approved) << row.name;
    }
}

TEST(HostileOperations, a_body_that_is_not_stripes_json_is_unclear) {
    for (const auto& row : all()) {
        const auto& ok = row.success;
        const std::string bodies[] = {"",
                                      "null",
                                      "[]",
                                      "[" + ok + "]",
                                      "<html><h1>Bad gateway</h1></html>",
                                      "{",
                                      "\xEF\xBB\xBF" + ok,
                                      ok.substr(0, ok.size() / 2),
                                      ok.substr(0, ok.size() - 1),
                                      ok + "x",
                                      ok + ok,
                                      with(ok, R"("currency":"usd")", R"("currency":"usd","currency":"usd")"),
                                      with(ok, R"("amount":)", R"("amount":NaN,"was":)"),
                                      with(ok, R"("amount":)", R"("amount":18446744073709551616,"was":)"),
                                      with(ok, "ch_1", "ch_\xFF"),
                                      with(ok, "ch_1", std::string_view("ch_\0", 4)),
                                      std::string(100'000, '[') + std::string(100'000, ']'),
                                      std::string(kAnswerBytes, ' ') + ok,
                                      "\x1F\x8B\x08 gzip"};
        for (const auto& body : bodies) {
            for (const int status : {200, 400, 401, 402, 409, 429, 500}) {
                SCOPED_TRACE(std::string(row.name) + ": " + body.substr(0, 40));
                const auto answer = decode_call(wire(status, body), row.expected());
                EXPECT_EQ(answer.kind, Kind::unclear);
                EXPECT_FALSE(answer.reference || answer.decline || answer.alert || answer.capture_before);
                const auto read = decode_object(wire(status, body), row.expected(true));
                EXPECT_EQ(read.kind, Kind::unclear);
            }
        }
    }
}

TEST(HostileOperations, a_success_under_another_status_or_content_type_is_unclear) {
    for (const auto& row : all()) {
        for (const int status : {100, 201, 204, 302, 400, 401, 402, 404, 409, 429, 500, 503}) {
            EXPECT_EQ(decode_call(wire(status, row.success), row.expected()).kind, Kind::unclear) << row.name << status;
        }
        auto html = wire(200, row.success);
        html.headers.front().second = "text/html";
        EXPECT_EQ(decode_call(html, row.expected()).kind, Kind::unclear) << row.name;
    }
}

// Each answer approves its own call and no other kind's.
TEST(HostileOperations, an_answer_to_one_call_approves_no_other) {
    for (const auto& row : all()) {
        for (const auto& other : all()) {
            const bool same = row.success == other.success;
            // An expiry and a void ask for the same, and both are proven by the amounts.
            const bool releases = row.call.kind == OperationKind::void_ || row.call.kind == OperationKind::expire;
            const bool released_too =
                other.call.kind == OperationKind::void_ || other.call.kind == OperationKind::expire;
            if (same || (releases && released_too)) continue;
            EXPECT_NE(decode_call(wire(200, other.success), row.expected()).kind, Kind::approved)
                << row.name << " answered by " << other.name;
        }
    }
}

const Wanted& any_of_them() {
    return all()[*rc::gen::inRange<std::size_t>(0, all().size())];
}

RC_GTEST_PROP(HostileOperations, random_bytes_never_crash_and_never_say_anything, (std::string body)) {
    const auto& row = any_of_them();
    const auto status = *rc::gen::element(200, 400, 401, 402, 404, 409, 429, 500);
    RC_ASSERT(decode_call(wire(status, body), row.expected()).kind == Kind::unclear);
    RC_ASSERT(decode_object(wire(status, body), row.expected(true)).kind == Kind::unclear);
    RC_ASSERT(!decode_page(wire(status, body), true).has_value());
}

// The members that approve; damage to any of them is never approved.
std::vector<std::string> what_counts(const Wanted& row) {
    std::vector<std::string> parts = {R"("florin_payment":"pay_01920000-0000-7000-8000-000000000001")"};
    if (row.call.kind == OperationKind::refund) {
        parts.insert(parts.end(), {R"("amount":400)", R"("payment_intent":"pi_1")", R"("florin_attempt":"1")",
                                   R"("florin_operation":"op_01920000-0000-7000-8000-000000000101")"});
        return parts;
    }
    parts.insert(parts.end(),
                 {R"("amount":1000,)", R"("livemode":false)", R"("amount_capturable":)", R"("amount_received":)"});
    if (row.call.kind == OperationKind::capture) {
        parts.push_back(mark(1, row.call.amount.minor_units()));
        parts.push_back(fmt::format(R"("amount_received":{},)", row.call.amount.minor_units()));
    }
    return parts;
}

RC_GTEST_PROP(HostileOperations, a_damaged_success_is_approved_only_where_the_damage_means_nothing, ()) {
    const auto& row = any_of_them();
    auto body = row.success;
    const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
    RC_ASSERT(decode_call(wire(200, body.substr(0, at)), row.expected()).kind == Kind::unclear);
    body[at] = *rc::gen::arbitrary<char>();
    const auto answer = decode_call(wire(200, body), row.expected());
    if (answer.kind == Kind::approved) RC_ASSERT(answer.reference.has_value());
    for (const auto& part : what_counts(row)) {
        if (!body.contains(part)) RC_ASSERT(answer.kind != Kind::approved);
    }
}

// One figure changed: to a digit more, a digit less or another sign.
RC_GTEST_PROP(HostileOperations, another_figure_is_never_approved, ()) {
    const auto& row = any_of_them();
    const auto name =
        *rc::gen::element<std::string>(R"("amount":)", R"("amount_received":)", R"("amount_capturable":)");
    const auto at = row.success.find(name);
    RC_PRE(at != std::string::npos);
    const auto begin = at + name.size();
    const auto end = row.success.find(',', begin);
    const auto figure = std::stoll(row.success.substr(begin, end - begin));
    const auto other = *rc::gen::suchThat(rc::gen::inRange<std::int64_t>(-2000, 100'000),
                                          [&](std::int64_t value) { return value != figure; });
    auto body = row.success;
    body.replace(begin, end - begin, std::to_string(other));
    const auto answer = decode_call(wire(200, body), row.expected());
    RC_ASSERT(answer.kind == Kind::unclear);
    RC_ASSERT(answer.alert);
}

}  // namespace
}  // namespace florin::psp::stripe
