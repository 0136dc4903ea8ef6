#include <gtest/gtest.h>

#include "payments/operation.hpp"

namespace florin::payments {
namespace {

const OperationId kOperation = *OperationId::parse("op_0195f000-0001-7000-8014-000000000004");

TEST(Parameters, only_what_differs_from_the_default_is_stored_sorted_by_name) {
    const std::pair<Parameters, std::string> rows[] = {
        {{}, "{}"},
        {{.multiple_captures = true}, R"({"multiple_captures":true})"},
        {{.final = true}, R"({"final":true})"},
        {{.final = true, .releases = 40}, R"({"final":true,"releases":40})"},
        {{.reason = ""}, R"({"reason":""})"},
        {{.reason = "customer_request"}, R"({"reason":"customer_request"})"},
        {{.reverses = kOperation}, R"({"reverses":"op_0195f000-0001-7000-8014-000000000004"})"},
        {{.late = LateSuccess{kOperation, 2, "pi_1"}},
         R"({"late":"op_0195f000-0001-7000-8014-000000000004-2","late_reference":"pi_1"})"},
        {{.multiple_captures = true, .final = true, .releases = 1, .reason = "a \"b\"", .reverses = kOperation},
         R"({"final":true,"multiple_captures":true,"reason":"a \"b\"","releases":1,)"
         R"("reverses":"op_0195f000-0001-7000-8014-000000000004"})"},
    };
    for (const auto& [parameters, json] : rows) {
        EXPECT_EQ(to_json(parameters), json);
        EXPECT_EQ(parse_parameters(json).value(), parameters) << json;
    }
}

TEST(Parameters, they_are_read_as_the_database_writes_jsonb) {
    EXPECT_EQ(parse_parameters(R"({"final": true, "reason": "x", "releases": 40})").value(),
              (Parameters{.final = true, .releases = 40, .reason = "x"}));
}

TEST(Parameters, what_they_never_hold_is_refused) {
    for (const char* json : {"", "[]", "null", R"({"final":1})", R"({"multiple_captures":"true"})",
                             R"({"releases":"1"})", R"({"releases":-1})", R"({"releases":1.0})", R"({"reason":null})",
                             R"({"late":"op_0195f000-0001-7000-8014-000000000004-1"})",
                             R"({"late":"op_0195f000-0001-7000-8014-000000000004-0","late_reference":"pi_1"})",
                             R"({"late":"op_0195f000-0001-7000-8014-000000000004","late_reference":"pi_1"})",
                             R"({"late_reference":"pi_1"})", R"({"reverses":"op_1"})", R"({"reverses":1})",
                             R"({"tip":1})", R"({"tip":"x"})"}) {
        EXPECT_FALSE(parse_parameters(json)) << json;
    }
}

}  // namespace
}  // namespace florin::payments
