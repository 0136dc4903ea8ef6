#include "api/money_request.hpp"

#include <gtest/gtest.h>

namespace florin::api {
namespace {

http::Request with(std::string body, std::vector<std::pair<std::string, std::string>> headers) {
    http::Request request;
    request.headers = std::move(headers);
    request.body = std::move(body);
    return request;
}

const std::pair<std::string, std::string> kKey{"idempotency-key", "order-1"};
const std::pair<std::string, std::string> kJson{"content-type", "application/json"};

TEST(MoneyRequest, brings_its_key_and_its_json) {
    const auto asked = read_money_request(with(R"({"amount":1})", {kKey, kJson}), Body::required);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->key, "order-1");
    EXPECT_EQ(asked->body.at("amount").as_int64(), 1);
}

TEST(MoneyRequest, no_body_is_an_empty_object_only_where_no_field_is_required) {
    const auto asked = read_money_request(with("", {kKey}), Body::optional);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->body, boost::json::value(boost::json::object{}));
    EXPECT_EQ(read_money_request(with("", {kKey, kJson}), Body::required).error().error, Error::malformed_json);
}

TEST(MoneyRequest, is_refused_for_its_key_then_its_media_type_then_its_json) {
    EXPECT_EQ(read_money_request(with("{", {}), Body::optional).error().error, Error::idempotency_key_missing);
    EXPECT_EQ(read_money_request(with("{", {kKey}), Body::optional).error().error, Error::unsupported_media_type);
    EXPECT_EQ(read_money_request(with("{", {kKey, kJson}), Body::optional).error().error, Error::malformed_json);
    EXPECT_EQ(read_money_request(with(" ", {kKey, kJson}), Body::optional).error().error, Error::malformed_json);
}

TEST(MoneyRequest, an_answer_leaves_with_its_bytes_and_what_the_headers_say_of_it) {
    const auto replayed = response_of({.status = 503, .body = "{}", .replayed = true, .retry_after_s = 7});
    EXPECT_EQ(replayed.content_type, "application/problem+json");
    EXPECT_EQ(replayed.body, "{}");
    using Headers = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(replayed.headers, (Headers{{"Idempotent-Replayed", "true"}, {"Retry-After", "7"}}));
    const auto fresh = response_of({.status = 200, .body = "{}"});
    EXPECT_EQ(fresh.content_type, "application/json");
    EXPECT_TRUE(fresh.headers.empty());
}

}  // namespace
}  // namespace florin::api
