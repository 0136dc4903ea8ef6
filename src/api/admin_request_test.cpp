#include "api/admin_request.hpp"

#include <gtest/gtest.h>

#include "api/admin_fields.hpp"
#include "base/json.hpp"

namespace florin::api {
namespace {

const WallTime kNow = *parse_time("2026-03-13T10:00:00Z");

boost::json::value body(std::string_view text) {
    return *json::parse(text);
}

TEST(AdminRequest, a_key_may_say_all_or_its_name_alone) {
    const auto least = parse_key_request(body(R"({"name":"k"})"), kNow);
    ASSERT_TRUE(least);
    EXPECT_EQ(least->scopes, store::kMerchantScopes);
    EXPECT_FALSE(least->merchant || least->mode || least->expires_at);
    const auto all =
        parse_key_request(body(R"({"name":"k","merchant_id":"mer_1","mode":"live","scopes":["admin","read"],)"
                               R"("expires_at":"2027-01-31T00:00:00Z"})"),
                          kNow);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->merchant, "mer_1") << "what no merchant can be is found out where merchants are looked up";
    EXPECT_EQ(all->mode, store::KeyMode::live);
    EXPECT_EQ(all->scopes, (store::Scopes{store::Scope::read, store::Scope::admin}));
    EXPECT_EQ(all->expires_at, parse_time("2027-01-31T00:00:00Z"));
    EXPECT_FALSE(parse_key_request(body(R"({"name":"k","expires_at":null})"), kNow)->expires_at);
}

struct Case {
    const char* body;
    Error error;
    const char* pointer;
};

TEST(AdminRequest, a_key_that_is_wrong_is_refused_by_its_field) {
    for (const auto& c : std::to_array<Case>({
             {R"([])", Error::malformed_request, ""},
             {R"({})", Error::missing_field, "/name"},
             {R"({"name":""})", Error::invalid_field, "/name"},
             {R"({"name":7})", Error::invalid_field, "/name"},
             {R"({"name":"k","hash":"x"})", Error::unknown_field, "/hash"},
             {R"({"name":"k","key":"sk_live_x"})", Error::unknown_field, "/key"},
             {R"({"name":"k","merchant_id":7})", Error::invalid_field, "/merchant_id"},
             {R"({"name":"k","mode":"admin"})", Error::invalid_field, "/mode"},
             {R"({"name":"k","mode":"LIVE"})", Error::invalid_field, "/mode"},
             {R"({"name":"k","mode":null})", Error::invalid_field, "/mode"},
             {R"({"name":"k","scopes":[]})", Error::invalid_field, "/scopes"},
             {R"({"name":"k","scopes":"read"})", Error::invalid_field, "/scopes"},
             {R"({"name":"k","scopes":["read","read"]})", Error::invalid_field, "/scopes"},
             {R"({"name":"k","scopes":["read,write"]})", Error::invalid_field, "/scopes"},
             {R"({"name":"k","scopes":["root"]})", Error::invalid_field, "/scopes"},
             {R"({"name":"k","scopes":[1]})", Error::invalid_field, "/scopes"},
             {R"({"name":"k","expires_at":"2026-03-13T10:00:00Z"})", Error::invalid_field, "/expires_at"},
             {R"({"name":"k","expires_at":"tomorrow"})", Error::invalid_field, "/expires_at"},
             {R"({"name":"k","expires_at":1900000000})", Error::invalid_field, "/expires_at"},
             {R"({"name":"4242 4242 4242 4242"})", Error::card_number_refused, "/name"},
         })) {
        const auto request = parse_key_request(body(c.body), kNow);
        ASSERT_FALSE(request) << c.body;
        EXPECT_EQ(request.error().error, c.error) << c.body;
        EXPECT_EQ(request.error().pointer, c.pointer) << c.body;
    }
    EXPECT_FALSE(parse_key_request({{"name", std::string(101, 'a')}}, kNow));
    EXPECT_TRUE(parse_key_request({{"name", std::string(100, 'a')}}, kNow));
}

TEST(AdminRequest, a_rotation_has_an_overlap_of_up_to_a_month) {
    EXPECT_EQ(*parse_rotation(body("{}")), std::chrono::hours(24));
    EXPECT_EQ(*parse_rotation(body(R"({"overlap_seconds":0})")), std::chrono::seconds(0));
    EXPECT_EQ(*parse_rotation(body(R"({"overlap_seconds":2592000})")), std::chrono::days(30));
    for (const auto* text : {R"({"overlap_seconds":-1})", R"({"overlap_seconds":2592001})",
                             R"({"overlap_seconds":"1"})", R"({"overlap_seconds":null})", R"({"overlap":1})", "[]"}) {
        EXPECT_FALSE(parse_rotation(body(text))) << text;
    }
    EXPECT_FALSE(fault_of_any_field(body("{}")));
    EXPECT_EQ(fault_of_any_field(body(R"({"reason":"x"})"))->error, Error::unknown_field);
}

TEST(AdminRequest, a_merchant_has_fees_and_a_limit) {
    const auto merchant = parse_new_merchant(body(
        R"({"name":"Shop","default_fee":{"basis_points":290,"fixed":30},"fees":{"EUR":{"basis_points":1,"fixed":2}},)"
        R"("rate_limit":{"requests_per_second":5,"burst":9}})"));
    ASSERT_TRUE(merchant);
    EXPECT_EQ(merchant->default_fee, (ledger::FeeRule{290, 30}));
    EXPECT_EQ(merchant->fees.at("EUR"), (ledger::FeeRule{1, 2}));
    EXPECT_EQ(merchant->limit, (store::RateLimit{5, 9}));
    for (const auto& c : std::to_array<Case>({
             {R"({"name":"S","fees":{"EUR":null}})", Error::invalid_field, "/fees/EUR"},
             {R"({"name":"S","closed":true})", Error::unknown_field, "/closed"},
             {R"({"name":"S","id":"mer_1"})", Error::unknown_field, "/id"},
             {R"({"name":"S","fees":[]})", Error::invalid_field, "/fees"},
             {R"({"name":"S","fees":{"eur":{"basis_points":1,"fixed":2}}})", Error::currency_unknown, "/fees"},
             {R"({"name":"S","default_fee":{"basis_points":1}})", Error::invalid_field, "/default_fee"},
             {R"({"name":"S","default_fee":{"basis_points":10001,"fixed":0}})", Error::invalid_field, "/default_fee"},
             {R"({"name":"S","default_fee":{"basis_points":-1,"fixed":0}})", Error::invalid_field, "/default_fee"},
             {R"({"name":"S","default_fee":{"basis_points":1,"fixed":1,"x":1}})", Error::invalid_field, "/default_fee"},
             {R"({"name":"S","default_fee":null})", Error::invalid_field, "/default_fee"},
             {R"({"name":"S","rate_limit":{"requests_per_second":0,"burst":1}})", Error::invalid_field, "/rate_limit"},
             {R"({"name":"S","rate_limit":7})", Error::invalid_field, "/rate_limit"},
         })) {
        const auto refused = parse_new_merchant(body(c.body));
        ASSERT_FALSE(refused) << c.body;
        EXPECT_EQ(refused.error().error, c.error) << c.body;
        EXPECT_EQ(refused.error().pointer, c.pointer) << c.body;
    }
}

TEST(AdminRequest, a_change_leaves_what_is_absent_and_removes_what_is_null) {
    const auto nothing = parse_merchant_change(body("{}"));
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(nothing->name || nothing->default_fee || nothing->limit || nothing->closed);
    EXPECT_TRUE(nothing->fees.empty());
    const auto change = parse_merchant_change(
        body(R"({"fees":{"EUR":{"basis_points":1,"fixed":2},"USD":null},"rate_limit":null,"closed":true})"));
    ASSERT_TRUE(change);
    EXPECT_EQ(change->fees.at("EUR"), (ledger::FeeRule{1, 2}));
    EXPECT_EQ(change->fees.at("USD"), std::nullopt);
    ASSERT_TRUE(change->limit);
    EXPECT_FALSE(*change->limit);
    EXPECT_EQ(change->closed, true);
    for (const auto* text :
         {R"({"name":null})", R"({"closed":"yes"})", R"({"closed":null})", R"({"closed_at":null})"}) {
        EXPECT_FALSE(parse_merchant_change(body(text))) << text;
    }
}

}  // namespace
}  // namespace florin::api
