#include "api/error_pages.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace florin::api {
namespace {

TEST(ErrorPagesTest, a_section_begins_with_its_headline_and_ends_before_the_next) {
    const auto page = error_page("rate_limited");
    EXPECT_TRUE(page.starts_with("## rate_limited\n")) << page;
    EXPECT_EQ(page.find("\n## "), std::string_view::npos);
    EXPECT_TRUE(page.ends_with('\n'));
    EXPECT_TRUE(error_page("internal").starts_with("## internal\n"));
}

TEST(ErrorPagesTest, what_is_no_code_has_no_page) {
    for (const auto* code : {"", "Errors", "unknown", "rate_limite", "rate_limited\n", "Internal", "..", "%2e", "##"})
        EXPECT_EQ(error_page(code), "") << code;
}

TEST(ErrorPagesTest, every_page_says_a_status_a_cause_and_what_to_do) {
    constexpr std::string_view kCure = "\n\n**What to do:** ";
    for (int i = 0; i <= static_cast<int>(Error::internal); ++i) {
        const auto page = error_page(to_string(static_cast<Error>(i)));
        const auto cause = page.find("\n\n**");
        const auto cure = page.find(kCure);
        ASSERT_NE(cure, std::string_view::npos) << page;
        EXPECT_LT(cause + 20, cure) << "no cause: " << page;
        EXPECT_GT(page.size(), cure + kCure.size() + 10) << "no cure: " << page;
    }
}

}  // namespace
}  // namespace florin::api
