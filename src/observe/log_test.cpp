#include "observe/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <type_traits>

#include "base/json.hpp"
#include "base/secret.hpp"

namespace florin::observe {
namespace {

// Whoever wants to log a secret must expose it first, and say so.
static_assert(!std::is_constructible_v<Field, std::string_view, Secret>);
static_assert(!std::is_constructible_v<Field, std::string_view, const Secret&>);
static_assert(std::is_constructible_v<Field, std::string_view, std::string_view>);
const WallTime kNow = *parse_time("2026-03-13T10:00:00.123Z");

std::string line_of(std::initializer_list<Field> fields, std::string_view event = "payment.settled") {
    return render_line(kNow, Level::info, event, fields);
}

TEST(Log, a_line_is_one_json_object) {
    EXPECT_EQ(line_of({{"payment", "pay_1"}, {"amount", 1050}, {"live", false}}),
              R"({"time":"2026-03-13T10:00:00.123Z","level":"info","event":"payment.settled","payment":"pay_1",)"
              R"("amount":1050,"live":false})"
              "\n");
}

TEST(Log, texts_from_outside_are_escaped_and_cut) {
    const std::string hostile = "\n{\"level\":\"error\"}\"" + std::string(500, 'x');
    const std::string line = line_of({{"detail", hostile}});
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    const auto value = json::parse(line).value();
    EXPECT_EQ(value.at("detail").as_string(), hostile.substr(0, 200) + "…");
}

TEST(Log, bytes_that_are_not_utf8_still_give_a_valid_line) {
    EXPECT_EQ(json::parse(line_of({{"detail", "a\xff\xc3z"}})).value().at("detail").as_string(), "a??z");
    std::string long_text(199, 'x');
    long_text += "éé";  // the cut falls into a character
    EXPECT_EQ(json::parse(line_of({{"detail", long_text}})).value().at("detail").as_string(),
              std::string(199, 'x') + "…");
}

TEST(Log, lines_below_the_level_are_not_written) {
    testing::internal::CaptureStderr();
    set_log_level(Level::warning);
    log(Level::info, "quiet");
    log(Level::error, "loud");
    set_log_level(Level::info);
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_EQ(written.find("quiet"), std::string::npos);
    EXPECT_NE(written.find("\"event\":\"loud\""), std::string::npos);
}

}  // namespace
}  // namespace florin::observe
