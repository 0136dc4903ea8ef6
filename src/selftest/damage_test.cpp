// One double charge is one, whoever tells of it.
#include "selftest/damage.hpp"

#include <gtest/gtest.h>

#include <array>

namespace florin::selftest {
namespace {

boost::json::object duplicate(std::string_view by, std::string_view kind, std::string_view reference) {
    return {{"by", by}, {"kind", kind}, {"reference", reference}, {"count", 2}};
}

TEST(DamageTest, a_payment_taken_twice_counts_once_though_three_witnesses_name_it) {
    Damage damage;
    damage.add_finding("charged_twice", "pay_1");
    damage.add_duplicate(duplicate("payment", "taken", "pay_1"));
    damage.add_duplicate(duplicate("operation", "charge", "op_1"));
    EXPECT_EQ(damage.double_charges(), 1U);
}

TEST(DamageTest, what_only_the_psp_knows_counts_too) {
    Damage damage;
    damage.add_duplicate(duplicate("payment", "taken", "pay_1"));
    damage.add_duplicate(duplicate("payment", "taken", "pay_2"));
    damage.add_duplicate(duplicate("operation", "capture", "op_3"));
    EXPECT_EQ(damage.double_charges(), 3U);
}

TEST(DamageTest, an_operation_that_gave_back_twice_counts_once) {
    Damage damage;
    damage.add_finding("refunded_twice", "op_7");
    damage.add_duplicate(duplicate("operation", "refund", "op_7"));
    EXPECT_EQ(damage.double_charges(), 1U);
}

TEST(DamageTest, only_an_answer_that_is_not_in_the_books_is_lost) {
    struct Row {
        std::string_view check;
        std::size_t lost;
    };
    for (const auto& [check, lost] : std::to_array<Row>(
             {{"ack_lost", 1}, {"ack_bytes", 1}, {"ack_differs", 0}, {"captured", 0}, {"charged_twice", 0}})) {
        Damage damage;
        damage.add_finding(check, "line 3 key k");
        EXPECT_EQ(damage.lost_acknowledgements(), lost) << check;
    }
}

}  // namespace
}  // namespace florin::selftest
