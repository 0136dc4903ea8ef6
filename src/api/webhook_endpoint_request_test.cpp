#include "api/webhook_endpoint_request.hpp"

#include <gmock/gmock.h>

#include <array>

#include "base/json.hpp"

namespace florin::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

boost::json::value body(std::string_view text) {
    return *json::parse(text);
}

TEST(WebhookEndpointRequest, an_endpoint_may_say_all_or_its_url_alone) {
    const auto least = parse_new_webhook_endpoint(body(R"({"url":"https://a.example/"})"));
    ASSERT_TRUE(least);
    EXPECT_EQ(least->url, "https://a.example/");
    EXPECT_THAT(least->types, IsEmpty());
    EXPECT_EQ(least->description, "");
    const auto all = parse_new_webhook_endpoint(
        body(R"({"url":"https://a.example/","description":"till","types":["refund.failed","payment.captured"]})"));
    ASSERT_TRUE(all);
    EXPECT_EQ(all->description, "till");
    EXPECT_THAT(all->types, ElementsAre("refund.failed", "payment.captured"));
    const auto nulls = parse_new_webhook_endpoint(body(R"({"url":"x","description":null,"types":null})"));
    ASSERT_TRUE(nulls);
    EXPECT_THAT(nulls->types, IsEmpty());
}

TEST(WebhookEndpointRequest, a_change_keeps_what_it_does_not_name_and_null_removes) {
    const auto nothing = parse_webhook_endpoint_change(body("{}"));
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(nothing->url || nothing->description || nothing->types);
    const auto removal = parse_webhook_endpoint_change(body(R"({"description":null,"types":null})"));
    ASSERT_TRUE(removal);
    EXPECT_EQ(removal->description, "");
    EXPECT_THAT(*removal->types, IsEmpty());
}

struct Case {
    const char* body;
    Error error;
    const char* pointer;
};

TEST(WebhookEndpointRequest, what_is_wrong_is_refused_by_its_field) {
    for (const auto& c : std::to_array<Case>({
             {R"([])", Error::malformed_request, ""},
             {R"({})", Error::missing_field, "/url"},
             {R"({"url":null})", Error::invalid_field, "/url"},
             {R"({"url":7})", Error::invalid_field, "/url"},
             {R"({"url":"x","secret":"whsec_x"})", Error::unknown_field, "/secret"},
             {R"({"url":"x","merchant_id":"mer_1"})", Error::unknown_field, "/merchant_id"},
             {R"({"url":"x","live":true})", Error::unknown_field, "/live"},
             {R"({"url":"x","description":7})", Error::invalid_field, "/description"},
             {R"({"url":"x","types":"payment.captured"})", Error::invalid_field, "/types"},
             {R"({"url":"x","types":[7]})", Error::invalid_field, "/types"},
             {R"({"url":"x","types":["payment.captued"]})", Error::invalid_field, "/types"},
             {R"({"url":"x","types":["payment.failed","payment.failed"]})", Error::invalid_field, "/types"},
             {R"({"url":"https://a.example/4242424242424242"})", Error::card_number_refused, "/url"},
         })) {
        const auto refused = parse_new_webhook_endpoint(body(c.body));
        ASSERT_FALSE(refused) << c.body;
        EXPECT_EQ(refused.error().error, c.error) << c.body;
        EXPECT_EQ(refused.error().pointer, c.pointer) << c.body;
    }
    const auto refused = parse_webhook_endpoint_change(body(R"({"types":["refund.fail"]})"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("did you mean refund.failed?"));
}

TEST(WebhookEndpointRequest, a_description_has_at_most_256_characters_not_bytes) {
    std::string characters;
    for (int i = 0; i < 256; ++i) characters += "é";
    const auto with = [](const std::string& text) {
        return parse_new_webhook_endpoint(boost::json::object{{"url", "x"}, {"description", text}});
    };
    EXPECT_TRUE(with(characters));
    EXPECT_FALSE(with(characters + "x"));
}

TEST(WebhookEndpointRequest, an_overlap_is_a_day_unless_it_is_said) {
    EXPECT_EQ(parse_secret_rotation(body("{}")), std::chrono::hours(24));
    EXPECT_EQ(parse_secret_rotation(body(R"({"overlap_seconds":0})")), std::chrono::seconds(0));
    EXPECT_EQ(parse_secret_rotation(body(R"({"overlap_seconds":604800})")), std::chrono::days(7));
    for (const char* wrong : {R"({"overlap_seconds":-1})", R"({"overlap_seconds":604801})",
                              R"({"overlap_seconds":"1"})", R"({"overlap_seconds":null})", R"({"overlap":1})", "[]"}) {
        EXPECT_FALSE(parse_secret_rotation(body(wrong))) << wrong;
    }
}

}  // namespace
}  // namespace florin::api
