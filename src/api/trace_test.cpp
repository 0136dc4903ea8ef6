#include "api/trace.hpp"

#include <gtest/gtest.h>

namespace florin::api {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kGood = "00-" + kTrace + "-00f067aa0ba902b7-01";

http::Request with(std::initializer_list<std::string> values) {
    http::Request request;
    for (const auto& value : values) request.headers.emplace_back("traceparent", value);
    return request;
}

TEST(TraceTest, a_well_formed_traceparent_gives_its_trace) {
    for (const auto& value :
         {kGood, "00-" + kTrace + "-00f067aa0ba902b7-ff", "cc-" + kTrace + "-00f067aa0ba902b7-01",
          "cc-" + kTrace + "-00f067aa0ba902b7-01-what-comes-later", "01-" + kTrace + "-00f067aa0ba902b7-01-"})
        EXPECT_EQ(trace_id_of(value), kTrace) << value;
}

TEST(TraceTest, anything_else_gives_none) {
    const std::string zeros(32, '0');
    const std::string parent = "-00f067aa0ba902b7-01";
    for (const auto& value : {std::string(),
                              kGood + "-",
                              kGood + "-extra",
                              kGood + " ",
                              " " + kGood,
                              kGood.substr(1),
                              "ff-" + kTrace + parent,
                              "0g-" + kTrace + parent,
                              "00_" + kTrace + parent,
                              "00-" + zeros + parent,
                              "00-" + kTrace + "-0000000000000000-01",
                              "00-" + kTrace + "-00f067aa0ba902b7-0x",
                              "00-" + kTrace + "-00F067AA0BA902B7-01",
                              "00-4BF92F3577B34DA6A3CE929D0E0E4736" + parent,
                              "00-" + kTrace.substr(1) + "-" + parent,
                              "cc-" + kTrace + "-00f067aa0ba902b7-01.extra",
                              "0-" + kTrace + parent,
                              kTrace,
                              kGood.substr(0, 54),
                              "00-" + kTrace + "\n" + parent.substr(1)})
        EXPECT_FALSE(trace_id_of(value)) << value;
}

TEST(TraceTest, a_header_that_stands_twice_belongs_to_no_trace) {
    EXPECT_EQ(trace_of(with({kGood})), kTrace);
    EXPECT_EQ(trace_of(with({kGood, kGood})), "");
    EXPECT_EQ(trace_of(with({})), "");
    EXPECT_EQ(trace_of(with({"nonsense"})), "");
}

TEST(TraceTest, a_request_without_one_begins_a_trace_of_the_right_form) {
    const auto trace = trace_of(RequestId::make(WallTime{}, Bucket{7}, true));
    EXPECT_EQ(trace_id_of("00-" + trace + "-00f067aa0ba902b7-01"), trace);
}

}  // namespace
}  // namespace florin::api
