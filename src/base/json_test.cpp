#include "base/json.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/serialize.hpp>

namespace florin::json {
namespace {

using namespace std::string_literals;

struct Refused {
    const char* name;
    std::string text;
    const char* detail;   // a part of the sentence
    const char* pointer;  // exactly
};

TEST(Json, what_is_wrong_is_refused_with_a_place_and_a_reason) {
    const Refused cases[] = {
        {"empty", "", "empty", ""},
        {"only spaces", " \n\t", "empty", ""},
        {"byte order mark", "\xef\xbb\xbf{}", "byte order mark", ""},
        {"trailing junk", "{} x", "Something follows the JSON value at byte 3", ""},
        {"two values", "{}{}", "Something follows", ""},
        {"unfinished", "{\"a\":", "incomplete", ""},
        {"single quotes", "{'a':1}", "byte 1", ""},
        {"comment", "{/**/}", "not valid JSON", ""},
        {"trailing comma in an object", "{\"a\":1,}", "not valid JSON", ""},
        {"trailing comma in an array", "[1,]", "not valid JSON", ""},
        {"leading zero", "[01]", "not valid JSON", ""},
        {"plus sign", "[+1]", "not valid JSON", ""},
        {"hexadecimal", "[0x10]", "not valid JSON", ""},
        {"NaN", "[NaN]", "not valid JSON", ""},
        {"Infinity", "[Infinity]", "not valid JSON", ""},
        {"lone minus", "[-]", "not valid JSON", ""},
        {"duplicate member", R"({"a":1,"a":2})", "twice", "/a"},
        {"duplicate member, escaped once", R"({"a":1,"\u0061":2})", "twice", "/a"},
        {"duplicate member inside", R"({"m":[{"x":1,"x":1}]})", "twice", "/m/1/x"},
        {"float", R"({"amount":100.0})", "write 100, not 100.0", "/amount"},
        {"exponent", R"({"amount":1e2})", "write 100, not 100.0", "/amount"},
        {"fraction", R"({"amount":1.005})", "write 100, not 100.0", "/amount"},
        {"1e400", R"({"amount":1e400})", "write 100, not 100.0", "/amount"},
        {"minus zero", R"({"amount":-0})", "write 0", "/amount"},
        {"2^63", R"({"amount":9223372036854775808})", "64 bits", "/amount"},
        {"2^64", R"({"amount":18446744073709551616})", "64 bits", "/amount"},
        {"below -2^63", R"({"amount":-9223372036854775809})", "64 bits", "/amount"},
        {"hundred digits", "[" + std::string(100, '9') + "]", "64 bits", "/0"},
        {"NUL escaped", R"({"a":"x\u0000y"})", "\\u0000", "/a"},
        {"NUL raw", "{\"a\":\"x\0y\"}"s, "not valid JSON", ""},
        {"NUL in a name", R"({"x\u0000":1})", "\\u0000", nullptr},
        {"control character raw", "[\"\x01\"]", "not valid JSON", ""},
        {"bad escape", R"(["\x41"])", "not valid JSON", ""},
        {"lone leading surrogate", R"(["\ud800"])", "not valid JSON", ""},
        {"lone trailing surrogate", R"(["\udc00"])", "not valid JSON", ""},
        {"surrogates reversed", R"(["\udc00\ud800"])", "not valid JSON", ""},
        {"invalid UTF-8", "[\"\xff\"]", "UTF-8", ""},
        {"overlong UTF-8", "[\"\xc0\xaf\"]", "UTF-8", ""},
        {"surrogate in UTF-8", "[\"\xed\xa0\x80\"]", "UTF-8", ""},
        {"card number as a name", R"({"4242424242424242":1,"4242424242424242":2})", "twice", "/****************"},
    };
    for (const Refused& test : cases) {
        SCOPED_TRACE(test.name);
        const auto result = parse(test.text);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().error, Error::malformed_json);
        EXPECT_NE(result.error().detail.find(test.detail), std::string::npos) << result.error().detail;
        if (test.pointer != nullptr) EXPECT_EQ(result.error().pointer, test.pointer);
    }
}

TEST(Json, the_way_to_a_place_that_is_refused_is_shown_in_short) {
    const std::string name(200, '~');
    std::string nested = R"({"a":1.5})";
    for (int i = 0; i < 8; ++i) nested = "{\"" + name + "\":" + nested + "}";
    const auto result = parse(nested);
    ASSERT_FALSE(result);
    EXPECT_LE(result.error().pointer.size(), 700U);
    EXPECT_TRUE(result.error().pointer.starts_with("/~0~0~0"));
    EXPECT_TRUE(result.error().pointer.ends_with("/…")) << result.error().pointer;
}

TEST(Json, what_is_right_is_accepted_as_it_stands) {
    const char* cases[] = {
        R"({})",
        R"([])",
        R"("")",
        R"(0)",
        R"(-1)",
        R"(9223372036854775807)",
        R"(-9223372036854775808)",
        R"("\ud83d\ude00")",
        R"(true)",
        R"(null)",
        R"({"a":{"b":[1,[2],{"c":null}]},"d":"é"})",
    };
    for (const char* text : cases) EXPECT_TRUE(parse(text)) << text;
    EXPECT_EQ(parse(R"(  {"a" : [ 1 , "\u00e9" ] } )")->at("a").at(1).as_string(), "é");
}

TEST(Json, the_size_is_bounded) {
    EXPECT_TRUE(parse(std::string(62, ' ') + "{}", {.bytes = 64}));
    EXPECT_EQ(parse(std::string(63, ' ') + "{}", {.bytes = 64}).error().error, Error::payload_too_large);
}

TEST(Json, the_depth_is_bounded_even_at_a_hundred_thousand_arrays) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse(nested(16)));
    EXPECT_NE(parse(nested(17)).error().detail.find("deeper than 16"), std::string::npos);
    EXPECT_FALSE(parse(std::string(100'000, '['), {.bytes = 1'000'000}));
    std::string objects;
    for (int i = 0; i < 17; ++i) objects += R"({"a":)";
    EXPECT_NE(parse(objects).error().detail.find("deeper than 16"), std::string::npos);
}

TEST(Json, members_and_elements_are_counted_together) {
    EXPECT_TRUE(parse(R"({"a":[1,2],"b":3})", {.members = 4}));
    EXPECT_FALSE(parse(R"({"a":[1,2],"b":3})", {.members = 3}));
    EXPECT_FALSE(parse(R"([1,2,3,4])", {.members = 3}));
    EXPECT_FALSE(parse(R"([[],[],[],[]])", {.members = 3}));
}

TEST(Json, floats_are_read_where_they_are_allowed) {
    EXPECT_EQ(parse("[1.5]", {.floats = true})->at(0).as_double(), 1.5);
    EXPECT_FALSE(parse("[1e400]", {.floats = true}));
    EXPECT_FALSE(parse("[18446744073709551616]", {.floats = true}));
}

TEST(Json, canonical_bytes_do_not_depend_on_order_or_white_space) {
    const auto a = parse(R"({"b":[1,{"y":null,"x":true}],"a":"\u00e9\n"})");
    const auto b = parse(R"( {"a":"é\u000a", "b":[ 1,{"x":true,"y":null} ]} )");
    EXPECT_EQ(canonical(*a), canonical(*b));
    EXPECT_EQ(canonical(*a), R"({"a":"é\n","b":[1,{"x":true,"y":null}]})");
    EXPECT_NE(canonical(*parse("[1,2]")), canonical(*parse("[2,1]")));
}

TEST(Json, utf8_is_what_rfc_3629_says) {
    for (const char* text : {"", "a", "é", "€", "😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
    for (const char* text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                             "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3", "\xe2\x82", "a\xff"}) {
        EXPECT_FALSE(is_utf8(text));
    }
}

TEST(Json, strings_are_escaped) {
    std::string out;
    append_string(out, "a\"b\\c\n\r\t\x01\x1f/é");
    EXPECT_EQ(out, R"("a\"b\\c\n\r\t\u0001\u001f/é")");
}

RC_GTEST_PROP(JsonProperty, random_bytes_never_crash_the_parser, (const std::string& bytes)) {
    parse(bytes);
}

RC_GTEST_PROP(JsonProperty, bytes_near_json_never_crash_the_parser, ()) {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "{", "}", "[", "]", "\"", ":", ",", "1", "-", "e", ".", "\\u", "d800", "null", "true", "\"a\"", "\xc3", " "));
    std::string text;
    for (const auto& piece : pieces) text += piece;
    if (const auto value = parse(text)) RC_ASSERT(parse(canonical(*value)));
}

RC_GTEST_PROP(JsonProperty, every_string_without_nul_comes_back, (const std::string& bytes)) {
    std::string text;
    for (const char c : bytes) text += c == '\0' || (c & 0x80) != 0 ? 'x' : c;
    text += "é€😀";
    std::string json;
    append_string(json, text);
    const auto value = parse(json);
    RC_ASSERT(value);
    RC_ASSERT(std::string_view(value->as_string()) == text);
    RC_ASSERT(canonical(*value) == json);
}

RC_GTEST_PROP(JsonProperty, every_integer_comes_back, (std::int64_t number)) {
    RC_ASSERT(parse(std::to_string(number))->as_int64() == number);
}

RC_GTEST_PROP(JsonProperty, utf8_agrees_with_the_parser, (const std::string& bytes)) {
    std::string json;
    append_string(json, bytes);
    RC_PRE(bytes.find('\0') == std::string::npos);
    RC_ASSERT(parse(json).has_value() == is_utf8(bytes));
}

}  // namespace
}  // namespace florin::json
