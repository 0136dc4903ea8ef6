#include "base/error.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/assert.hpp"
#include "base/nearest_name.hpp"

namespace florin {
namespace {

TEST(Error, every_one_has_a_word_and_a_title_of_its_own) {
    std::set<std::string_view> words;
    std::set<std::string_view> titles;
    for (int i = 0; i <= static_cast<int>(Error::internal); ++i) {
        const auto error = static_cast<Error>(i);
        EXPECT_TRUE(words.insert(to_string(error)).second) << i;
        EXPECT_TRUE(titles.insert(title_of(error)).second) << i;
    }
    EXPECT_EQ(to_string(Error::malformed_json), "malformed_json");
    EXPECT_EQ(to_string(Error::internal), "internal");
}

TEST(AssertDeathTest, a_broken_invariant_stops_the_process_and_says_where) {
    EXPECT_DEATH(FLORIN_ASSERT(1 + 1 == 3), "assertion.failed.*error_test.cpp.*1 \\+ 1 == 3");
}

TEST(NearestName, a_misspelled_name_gets_the_one_that_was_meant) {
    constexpr std::string_view kNames[] = {"amount", "currency", "payment_method"};
    EXPECT_EQ(nearest_name("amout", kNames), "amount");
    EXPECT_EQ(nearest_name("Currency", kNames), "currency");
    EXPECT_EQ(nearest_name("paymentMethod", kNames), "payment_method");
    EXPECT_EQ(nearest_name("amuont", kNames), "amount");
    EXPECT_EQ(nearest_name("tip", kNames), "");
    constexpr std::string_view kShort[] = {"pay", "keys"};
    EXPECT_EQ(nearest_name("pya", kShort), "pay") << "swapped letters are one mistake";
    EXPECT_EQ(nearest_name("key", kShort), "keys");
    EXPECT_EQ(nearest_name("kyse", kShort), "") << "two are two";
    EXPECT_EQ(nearest_name(std::string(100'000, 'a'), kNames), "");
    EXPECT_EQ(nearest_name_advice("amout", kNames), "did you mean amount?");
    EXPECT_EQ(nearest_name_advice("tip", kNames), "the fields are amount, currency, payment_method.");
}

}  // namespace
}  // namespace florin
