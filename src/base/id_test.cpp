#include "base/id.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <unordered_set>

namespace florin {
namespace {

using namespace std::chrono_literals;

const WallTime kNow = *parse_time("2026-03-13T10:00:00.123Z");

TEST(Id, the_bits_are_those_of_uuid_version_7_with_bucket_and_mode) {
    const Uuid id = make_uuid(kNow, {0x3abc}, true);
    EXPECT_EQ(id.bytes[6] >> 4, 7);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
    EXPECT_EQ(bucket_of(id).value, 0x3abc);
    EXPECT_TRUE(is_live(id));
    EXPECT_FALSE(is_live(make_uuid(kNow, {0x3abc}, false)));
}

TEST(Id, its_time_is_the_millisecond_it_was_made_in) {
    const WallTime later = kNow + std::chrono::days(1);
    EXPECT_EQ(time_of(make_uuid(later + 456us, {0}, false)), later);
}

TEST(Id, a_full_counter_borrows_the_next_millisecond) {
    const WallTime later = kNow + std::chrono::days(2);
    Uuid last = make_uuid(later, {16383}, true);
    for (int i = 0; i < 5000; ++i) {
        const Uuid next = make_uuid(later, {0}, false);
        ASSERT_LT(last, next);
        last = next;
    }
    EXPECT_EQ(time_of(last), later + 1ms);
}

TEST(Id, an_order_that_the_caller_keeps_is_that_of_the_ids) {
    const Uuid first = make_uuid(order_of(kNow) + 4095, {16383}, true);
    const Uuid second = make_uuid(order_of(kNow) + 4096, {0}, false);
    EXPECT_LT(first, second);
    EXPECT_EQ(time_of(first), kNow);
    EXPECT_EQ(time_of(second), kNow + 1ms);
    EXPECT_EQ(bucket_of(first).value, 16383);
    EXPECT_TRUE(is_live(first));
}

TEST(Id, a_small_step_back_of_the_clock_keeps_the_order) {
    const WallTime later = kNow + std::chrono::days(3);
    const Uuid first = make_uuid(later, {0}, false);
    EXPECT_LT(first, make_uuid(later - 9s, {0}, false));
}

TEST(Id, a_long_step_back_of_the_clock_is_followed) {
    const WallTime later = kNow + std::chrono::days(4);
    make_uuid(later, {0}, false);
    EXPECT_EQ(time_of(make_uuid(later - 1h, {0}, false)), later - 1h);
}

TEST(Id, the_last_47_bits_are_all_random) {
    std::array<std::uint8_t, 6> ever_set{};
    std::array<std::uint8_t, 6> ever_clear{};
    for (int i = 0; i < 1000; ++i) {
        const Uuid id = make_uuid(kNow, {0}, false);
        for (std::size_t byte = 0; byte < 6; ++byte) {
            ever_set[byte] |= id.bytes[10 + byte];
            ever_clear[byte] |= static_cast<std::uint8_t>(~id.bytes[10 + byte]);
        }
    }
    EXPECT_EQ(ever_set, (std::array<std::uint8_t, 6>{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff}));
    EXPECT_EQ(ever_clear, (std::array<std::uint8_t, 6>{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
}

TEST(Id, a_million_are_all_different) {
    std::unordered_set<Uuid> seen;
    for (int i = 0; i < 1'000'000; ++i) ASSERT_TRUE(seen.insert(make_uuid(kNow, {1}, false)).second);
}

TEST(Id, only_the_exact_form_is_parsed) {
    const auto id = PaymentId::make(kNow, {7}, false);
    const std::string text = to_string(id);
    EXPECT_EQ(text.size(), 40U);
    EXPECT_EQ(PaymentId::parse(text), id);
    EXPECT_FALSE(MerchantId::parse(text));
    const std::string uuid = text.substr(4);
    for (const std::string& wrong :
         {std::string(), std::string("pay_"), uuid, "PAY_" + uuid, text + "0", text.substr(0, 39), "pay_{" + uuid + "}",
          "pay_0" + uuid.substr(0, 35), "pay_" + std::string(36, '-'), "pay_" + std::string(36, '0')}) {
        EXPECT_FALSE(PaymentId::parse(wrong)) << wrong;
    }
    EXPECT_FALSE(parse_uuid("0190A000-0000-7000-8000-000000000000"));
    EXPECT_FALSE(parse_uuid("0190g000-0000-7000-8000-000000000000"));
    EXPECT_TRUE(parse_uuid("0190a000-0000-7000-8000-000000000000"));
}

RC_GTEST_PROP(IdProperty, text_leads_back_to_the_id, (const std::array<std::uint8_t, 16>& bytes)) {
    const Uuid id{bytes};
    RC_ASSERT(parse_uuid(to_string(id)) == id);
}

RC_GTEST_PROP(IdProperty, ids_rise_while_the_clock_does_not_step_back_far, ()) {
    const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-5, 20));
    WallTime now = time_of(make_uuid(kNow + std::chrono::days(30), {0}, false));
    Uuid last = make_uuid(now, {0}, true);
    for (const int step : steps) {
        now += std::chrono::milliseconds(step);
        const Uuid next = make_uuid(now, {static_cast<std::uint16_t>(step + 5)}, step % 2 == 0);
        RC_ASSERT(last < next);
        RC_ASSERT(bucket_of(next).value == step + 5);
        RC_ASSERT(is_live(next) == (step % 2 == 0));
        last = next;
    }
}

}  // namespace
}  // namespace florin
