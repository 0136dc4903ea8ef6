#include "webhooks/message.hpp"

#include <gtest/gtest.h>

#include "webhooks/signature.hpp"

namespace florin::webhooks {
namespace {

using std::chrono::seconds;
const WallTime kNow = *parse_time("2026-03-13T10:00:00.900Z");
const Secret kSecret{"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="};

store::DueDelivery delivery(std::string body) {
    store::DueDelivery due{.event = *EventId::parse("evt_0195f000-0002-7000-8014-000000000009")};
    due.told = store::ToldEvent{.id = due.event, .type = "webhook_endpoint.test", .at = kNow, .body = std::move(body)};
    return due;
}

TEST(Message, its_id_is_the_events_and_its_timestamp_the_trys) {
    const store::TakenQueue queue{.live = true, .url = "https://shop.example/hook?token=1"};
    const auto due = delivery("{}");
    const std::vector<Secret> secrets{kSecret};
    const auto post = make_post(queue, due.event, secrets, kNow, *body_of(due));
    const auto signature = sign(secrets, "evt_0195f000-0002-7000-8014-000000000009", 1773396000, post.body);
    const std::vector<std::pair<std::string, std::string>> headers{
        {"Content-Type", "application/json"},
        {"User-Agent", "Florin-Webhooks/1.0"},
        {"webhook-id", "evt_0195f000-0002-7000-8014-000000000009"},
        {"webhook-timestamp", "1773396000"},
        {"webhook-signature", signature}};
    EXPECT_EQ(post.headers, headers);
    EXPECT_EQ(post.url, queue.url);
    EXPECT_TRUE(post.live);
    EXPECT_NE(make_post(queue, due.event, secrets, kNow + seconds(1), post.body).headers[4].second, signature);
}

TEST(Message, o_07_what_cannot_be_told_is_refused_with_a_reason) {
    auto lost = delivery("{}");
    lost.told.reset();
    EXPECT_FALSE(body_of(lost));
    EXPECT_FALSE(body_of(delivery("")));
    const auto large = body_of(delivery('"' + std::string(kBodyBytes, 'x') + '"'));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error(), "the event has more than 262144 bytes");
}

TEST(Message, an_answer_is_judged) {
    using End = Verdict::End;
    struct Case {
        int status;
        End end;
        std::string error;
    };
    const std::vector<Case> cases{
        {200, End::delivered, ""},
        {204, End::delivered, ""},
        {299, End::delivered, ""},
        {300, End::failed, "answered 300: redirects are not followed"},
        {307, End::failed, "answered 307: redirects are not followed"},
        {404, End::failed, "answered 404"},
        {410, End::gone, "answered 410"},
        {500, End::failed, "answered 500"},
    };
    for (const auto& one : cases) {
        const auto verdict = judge(Answer{.status = one.status, .retry_after = seconds(7)});
        EXPECT_EQ(verdict.end, one.end) << one.status;
        EXPECT_EQ(verdict.error, one.error);
        EXPECT_EQ(verdict.status, one.status);
        EXPECT_EQ(verdict.retry_after, std::nullopt);
    }
    EXPECT_EQ(judge(Answer{.status = 429, .retry_after = seconds(7)}).retry_after, seconds(7));
    EXPECT_EQ(judge(Answer{.status = 503, .retry_after = seconds(7)}).retry_after, seconds(7));
    const auto silent = judge(std::unexpected("timeout after 15000 ms" + std::string(300, '.')));
    EXPECT_EQ(silent.status, std::nullopt);
    EXPECT_EQ(silent.error.size(), 200);
}

TEST(Message, retry_after_is_seconds_or_a_date) {
    EXPECT_EQ(parse_retry_after("0", kNow), seconds(0));
    EXPECT_EQ(parse_retry_after("120", kNow), seconds(120));
    EXPECT_EQ(parse_retry_after("Fri, 13 Mar 2026 10:01:00 GMT", kNow), Milliseconds(59'100));
    EXPECT_EQ(parse_retry_after("Fri, 13 Mar 2026 09:00:00 GMT", kNow), seconds(0));
    EXPECT_EQ(parse_retry_after("9000000000000000000", kNow), std::chrono::hours(7 * 24));
    for (const auto* text : {"", "-1", "1.5", "soon", "99999999999999999999", "Fri, 13 Mar 2026 10:01:00 CET"}) {
        EXPECT_EQ(parse_retry_after(text, kNow), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace florin::webhooks
