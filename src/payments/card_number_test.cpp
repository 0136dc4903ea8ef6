#include "payments/card_number.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace florin::payments {
namespace {

// Numbers that the schemes and PSPs publish for tests.
constexpr const char* kCards[] = {
    "4242424242424242", "4000056655665556", "4222222222222",    "4000000000000000006", "5555555555554444",
    "2223003122003222", "378282246310005",  "371449635398431",  "6011111111111117",    "3056930009020004",
    "36227206271667",   "3566002020360505", "6200000000000005", "6205500000000000004",
};

TEST(CardNumber, the_test_cards_of_every_scheme_are_found) {
    for (const char* card : kCards) EXPECT_TRUE(is_card_number(card)) << card;
    EXPECT_TRUE(is_card_number("4242 4242 4242 4242"));
    EXPECT_TRUE(is_card_number("4242-4242-4242-4242"));
    EXPECT_TRUE(is_card_number("3782 822463 10005"));
    EXPECT_TRUE(is_card_number(" 4242 42424242  4242 "));
}

TEST(CardNumber, what_only_resembles_one_is_let_in) {
    for (const char* text :
         {"", "-", "4242424242424241", "424242424242", "42424242424242424242", "0000000000000000", "9999999999999995",
          "1773396000123", "tok_4242424242424242", "4242.4242.4242.4242", "4242x424242424242"}) {
        EXPECT_FALSE(is_card_number(text)) << text;
    }
}

TEST(CardNumber, one_inside_a_text_is_found) {
    for (const char* text :
         {"tok_4242424242424242", "card: 4242 4242 4242 4242, exp 12/30", "pay 1 4242-4242-4242-4242 now",
          "x378282246310005y", "https://shop.example/?pan=5555555555554444&x=1", "4242 4242 4242 4242 12/30"}) {
        EXPECT_TRUE(contains_card_number(text)) << text;
    }
}

TEST(CardNumber, long_numbers_and_ids_hold_none) {
    for (const char* text :
         {"order 1773396000123", "0195f000-0000-7000-8014-000000000001", "order 14242424242424242999999",
          "+49 30 901820", "2026-03-13 10:00:00", "IBAN DE89370400440532013000"}) {
        EXPECT_FALSE(contains_card_number(text)) << text;
    }
}

TEST(CardNumber, an_identifier_that_looks_like_one_by_chance_is_let_in) {
    const std::string uuid = "39221417-7625-418a-aafc-fb864cd4d5c0", tail = "01a20955-2b19-7034-9414-75776c770464";
    const std::string digest = "6df7f6d573777295233340de3735ae97c1b0ca5369fcc9e9b732191974db01b4";
    for (const auto& text : {uuid, tail, digest, "pay_" + tail, "order " + uuid + "-1", "(" + digest + ")",
                             uuid + " " + tail, "a/" + digest + "/" + uuid}) {
        EXPECT_FALSE(contains_card_number(text)) << text;
    }
}

TEST(CardNumber, what_is_no_identifier_hides_none) {
    for (const char* text :
         {"39221417-7625-418a-aafc-fb864cd4d5c0 4242424242424242",
          "4242 4242 4242 4242 39221417-7625-418a-aafc-fb864cd4d5c0",
          "39221417-7625-418a-aafc-fb864cd4d5c0  4242 4242  4242 4242", "4242424242424242d25121010000000f",
          "4242424242424242D25121010000000000000F", "abcdef-4242-4242-4242-4242", "4242-4242-4242-4242-abcdef",
          "4242424242424242abcdefabcdefabcx", "39221417-7625-418a-aafc-fb864cd4d5c0x"}) {
        EXPECT_TRUE(contains_card_number(text)) << text;
    }
}

RC_GTEST_PROP(CardNumberProperty, a_planted_one_is_found_whatever_separates_its_digits, ()) {
    const std::string card = *rc::gen::elementOf(std::vector<std::string>(std::begin(kCards), std::end(kCards)));
    std::string text(1, card.front());
    for (const char digit : card.substr(1)) {
        text += *rc::gen::element<std::string>("", "", "", " ", "-");
        text += digit;
    }
    RC_ASSERT(is_card_number(text));
    const auto around = rc::gen::container<std::string>(rc::gen::elementOf(std::string("xyzXYZ_,.:/ÄÖ")));
    RC_ASSERT(contains_card_number(*around + text + *around));
}

RC_GTEST_PROP(CardNumberProperty, no_text_crashes_the_search, (const std::string& text)) {
    contains_card_number(text);
}

RC_GTEST_PROP(CardNumberProperty, one_digit_changed_is_no_card_number, ()) {
    std::string card = *rc::gen::elementOf(std::vector<std::string>(std::begin(kCards), std::end(kCards)));
    const auto at = *rc::gen::inRange<std::size_t>(0, card.size());
    card[at] = static_cast<char>('0' + (card[at] - '0' + *rc::gen::inRange(1, 10)) % 10);
    RC_ASSERT(!is_card_number(card));
}

}  // namespace
}  // namespace florin::payments
