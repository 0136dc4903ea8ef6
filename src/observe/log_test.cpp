#include "observe/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <type_traits>

#include "base/json.hpp"
#include "base/secret.hpp"
#include "observe/batched_log.hpp"

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

TEST(BatchedLog, lines_that_nothing_is_wrong_in_wait_for_the_end_of_the_turn) {
    int asked = 0;
    testing::internal::CaptureStderr();
    {
        const BatchedLog batched([&] { ++asked; });
        log(Level::info, "one");
        log(Level::info, "two");
        EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
        EXPECT_EQ(asked, 1) << "once for both";
        testing::internal::CaptureStderr();
        BatchedLog::flush();
        log(Level::info, "three");
        EXPECT_EQ(asked, 2);
        log(Level::warning, "four");
        log(Level::info, "five");
    }
    log(Level::info, "six");
    const std::string written = testing::internal::GetCapturedStderr();
    std::size_t at = 0;
    for (const auto* event : {"one", "two", "three", "four", "five", "six"}) {
        at = written.find(event, at);
        ASSERT_NE(at, std::string::npos) << event;
    }
    EXPECT_EQ(std::ranges::count(written, '\n'), 6);
}

TEST(BatchedLog, a_warning_is_written_at_once_behind_what_waits) {
    testing::internal::CaptureStderr();
    const BatchedLog batched([] {});
    log(Level::info, "before");
    log(Level::warning, "trouble");
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_LT(written.find("before"), written.find("trouble"));
    EXPECT_NE(written.find("trouble"), std::string::npos);
}

TEST(BatchedLog, a_turn_that_does_not_end_is_written_in_pieces) {
    testing::internal::CaptureStderr();
    const BatchedLog batched([] {});
    for (int i = 0; i < 1000; ++i) log(Level::info, "many", {{"text", std::string(100, 'x')}});
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_GT(written.size(), std::size_t{128} * 1024);
    EXPECT_TRUE(written.ends_with('\n'));
}

TEST(BatchedLog, another_thread_writes_at_once) {
    testing::internal::CaptureStderr();
    const BatchedLog batched([] {});
    log(Level::info, "waits");
    std::thread([] { log(Level::info, "elsewhere"); }).join();
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_NE(written.find("elsewhere"), std::string::npos);
    EXPECT_EQ(written.find("waits"), std::string::npos);
}

}  // namespace
}  // namespace florin::observe
