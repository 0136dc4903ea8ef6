#include "api/query.hpp"

#include <gtest/gtest.h>

namespace florin::api {
namespace {

constexpr const char* kId = "pay_01968d2f-7a3c-7bd2-9a51-3c0d5e7f1a2b";

TEST(ListQuery, is_ten_payments_when_nothing_is_asked) {
    const auto query = parse_list_query("").value();
    EXPECT_EQ(query.limit, 10);
    EXPECT_FALSE(query.starting_after || query.status || query.currency || query.created_from || query.created_to);
}

TEST(ListQuery, every_parameter_is_read) {
    const auto query = parse_list_query(std::string("limit=100&starting_after=") + kId +
                                        "&status=captured&currency=EUR&created_from=2026-03-13T10:00:00Z"
                                        "&created_to=2026-03-13T12%3A00%3A00+01:00")
                           .value();
    EXPECT_EQ(query.limit, 100);
    EXPECT_EQ(to_string(query.starting_after.value()), kId);
    EXPECT_EQ(query.status, payments::Status::captured);
    EXPECT_EQ(query.currency, "EUR");
    EXPECT_EQ(format_time(query.created_from.value()), "2026-03-13T10:00:00.000Z");
    EXPECT_EQ(format_time(query.created_to.value()), "2026-03-13T11:00:00.000Z");
}

TEST(ListQuery, wrong_values_are_refused_by_name) {
    for (const auto* text : {"limit=0",
                             "limit=101",
                             "limit=-1",
                             "limit=+1",
                             "limit=1.0",
                             "limit=",
                             "limit=99999999999999999999",
                             "limit= 1",
                             "limit",
                             "starting_after=",
                             "starting_after=mer_01968d2f-7a3c-7bd2-9a51-3c0d5e7f1a2b",
                             "starting_after=pay_x",
                             "status=",
                             "status=CAPTURED",
                             "status=gone",
                             "currency=eur",
                             "currency=XXX",
                             "currency=",
                             "created_from=yesterday",
                             "created_to=2026-03-13",
                             "created_from=2026-02-30T00:00:00Z"}) {
        const auto query = parse_list_query(text);
        ASSERT_FALSE(query) << text;
        EXPECT_EQ(query.error().error, Error::invalid_field) << text;
        const std::string name(text, std::string_view(text).find_first_of("=") == std::string_view::npos
                                         ? std::string_view(text).size()
                                         : std::string_view(text).find('='));
        EXPECT_NE(query.error().detail.find(name), std::string::npos) << text << ": " << query.error().detail;
    }
}

TEST(ListQuery, repeated_and_unknown_parameters_are_refused_by_name) {
    const auto repeated = parse_list_query("limit=1&limit=1");
    ASSERT_FALSE(repeated);
    EXPECT_EQ(repeated.error().detail, "limit stands more than once: send it once.");
    EXPECT_FALSE(parse_list_query("limit=1&l%69mit=1")) << "an escape is no way around";

    const auto unknown = parse_list_query("statsu=captured");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().error, Error::unknown_field);
    EXPECT_NE(unknown.error().detail.find("\"statsu\": did you mean status?"), std::string::npos)
        << unknown.error().detail;
    for (const auto* text : {"&", "=", "&&", "=1", "limit=1&", "LIMIT=1", "limit[gte]=1"})
        EXPECT_EQ(parse_list_query(text).has_value(), std::string_view(text) == "limit=1&") << text;
}

TEST(ListQuery, broken_escapes_are_refused) {
    for (const auto* text : {"limit=%", "limit=%1", "limit=%zz", "limit=%-1", "%=1", "status=captured%2"}) {
        const auto query = parse_list_query(text);
        ASSERT_FALSE(query) << text;
        EXPECT_EQ(query.error().error, Error::malformed_request) << text;
    }
}

TEST(Query, names_that_are_no_text_are_not_repeated) {
    const auto bytes = fault_of_any_parameter("%ff%fe=1");
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->detail, "A parameter's name is unknown: this path takes none; remove it");
    const auto shown = fault_of_any_parameter("key=sk_test_secret");
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->detail.find("sk_test"), std::string::npos);
    const auto number = fault_of_any_parameter("card%3a4242-4242-4242-4242=1");
    ASSERT_TRUE(number);
    EXPECT_EQ(number->detail, bytes->detail);
    EXPECT_FALSE(fault_of_any_parameter(""));
}

TEST(EventListQuery, every_parameter_is_read) {
    const auto list =
        parse_event_list_query(std::string("limit=7&starting_after=evt_01968d2f-7a3c-7bd2-9a51-3c0d5e7f1a2b") +
                               "&type=refund.failed&payment_id=" + kId +
                               "&created_from=2026-03-13T10:00:00Z&created_to=2026-03-13T12:00:00Z&wait=25")
            .value();
    EXPECT_EQ(list.query.limit, 7);
    EXPECT_EQ(to_string(list.query.starting_after.value()), "evt_01968d2f-7a3c-7bd2-9a51-3c0d5e7f1a2b");
    EXPECT_EQ(list.query.type, "refund.failed");
    EXPECT_EQ(to_string(list.query.payment.value()), kId);
    EXPECT_EQ(format_time(list.query.created_from.value()), "2026-03-13T10:00:00.000Z");
    EXPECT_EQ(format_time(list.query.created_to.value()), "2026-03-13T12:00:00.000Z");
    EXPECT_EQ(list.wait, 25);
    EXPECT_EQ(parse_event_list_query("").value().wait, 0);
}

TEST(EventListQuery, wrong_values_are_refused_by_name) {
    for (const std::string text :
         {"limit=0", "starting_after=pay_01968d2f-7a3c-7bd2-9a51-3c0d5e7f1a2b", "type=captured", "payment_id=evt_1",
          "created_from=now", "created_to=", "wait=26", "wait=1.5", "wait="}) {
        const auto list = parse_event_list_query(text);
        ASSERT_FALSE(list) << text;
        EXPECT_EQ(list.error().error, Error::invalid_field) << text;
        EXPECT_TRUE(list.error().detail.starts_with(text.substr(0, text.find('=')))) << list.error().detail;
    }
    EXPECT_EQ(parse_event_list_query("status=captured").error().error, Error::unknown_field);
}

}  // namespace
}  // namespace florin::api
