#include "api/headers.hpp"

#include <gtest/gtest.h>

namespace florin::api {
namespace {

http::Request with(std::vector<std::pair<std::string, std::string>> headers) {
    http::Request request;
    request.headers = std::move(headers);
    return request;
}

TEST(BearerKey, is_taken_from_exactly_one_authorization_header) {
    EXPECT_EQ(bearer_key(with({{"authorization", "Bearer sk_test_a"}})), "sk_test_a");
    EXPECT_EQ(bearer_key(with({{"authorization", "bEARER sk_test_a"}})), "sk_test_a") << "schemes have no case";
}

TEST(BearerKey, everything_else_is_unauthenticated_and_never_repeated) {
    const std::vector<std::pair<std::string, std::string>> table[] = {
        {},
        {{"authorization", ""}},
        {{"authorization", "Bearer"}},
        {{"authorization", "Bearer "}},
        {{"authorization", "Bearer  sk_test_a"}},
        {{"authorization", "Bearer sk_test_a sk_test_b"}},
        {{"authorization", "Basic sk_test_a"}},
        {{"authorization", "sk_test_a"}},
        {{"authorization", "Bearer sk_test_\xc3\xa9"}},
        {{"authorization", "Bearer sk_test_a"}, {"authorization", "Bearer sk_test_a"}},
    };
    for (const auto& headers : table) {
        const auto key = bearer_key(with(headers));
        ASSERT_FALSE(key) << (headers.empty() ? "" : headers[0].second);
        EXPECT_EQ(key.error().error, Error::unauthenticated);
        EXPECT_EQ(key.error().detail.find("sk_test"), std::string::npos);
    }
}

TEST(IdempotencyKey, is_one_header_of_visible_ascii) {
    for (const std::string& key : {std::string("a"), std::string(255, 'k'), std::string("!~{}:,;\"")})
        EXPECT_EQ(idempotency_key(with({{"idempotency-key", key}})), key);
}

TEST(IdempotencyKey, is_refused_when_missing_repeated_or_malformed) {
    EXPECT_EQ(idempotency_key(with({})).error().error, Error::idempotency_key_missing);
    EXPECT_EQ(idempotency_key(with({{"idempotency-key", "a"}, {"idempotency-key", "a"}})).error().error,
              Error::idempotency_key_invalid);
    for (const std::string& key : {std::string(), std::string(256, 'k'), std::string("a b"), std::string("a\tb"),
                                   std::string("\xc3\xa9"), std::string("a\x7f"), std::string("a\0b", 3)})
        EXPECT_EQ(idempotency_key(with({{"idempotency-key", key}})).error().error, Error::idempotency_key_invalid)
            << key;
}

TEST(ContentType, is_json_in_utf_8) {
    for (const auto* type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                             "application/json;charset=UTF-8", "application/json ; charset=\"utf-8\""})
        EXPECT_FALSE(fault_of_content_type(with({{"content-type", type}}))) << type;
}

TEST(ContentType, anything_else_is_unsupported) {
    EXPECT_TRUE(fault_of_content_type(with({})));
    EXPECT_TRUE(
        fault_of_content_type(with({{"content-type", "application/json"}, {"content-type", "application/json"}})));
    for (const auto* type :
         {"", "text/plain", "application/jsonx", "application/json; charset=latin1", "application/json, text/plain",
          "application/json; boundary=x", "application/x-www-form-urlencoded"}) {
        const auto fault = fault_of_content_type(with({{"content-type", type}}));
        ASSERT_TRUE(fault) << type;
        EXPECT_EQ(fault->error, Error::unsupported_media_type);
    }
}

}  // namespace
}  // namespace florin::api
