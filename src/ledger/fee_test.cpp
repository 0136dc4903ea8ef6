#include <fmt/core.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "base/hash.hpp"
#include "ledger/journal.hpp"

namespace florin::ledger {
namespace {

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

struct Row {
    std::int32_t basis_points;
    std::int64_t fixed;
    std::int64_t amount;
    std::int64_t fee;
};

TEST(Fee, halves_are_rounded_to_the_even_minor_unit) {
    const Row rows[] = {
        {100, 0, 50, 0},        // 0.50
        {100, 0, 150, 2},       // 1.50
        {100, 0, 250, 2},       // 2.50
        {100, 0, 350, 4},       // 3.50
        {100, 0, 51, 1},        // 0.51
        {100, 0, 49, 0},        // 0.49
        {290, 30, 1050, 60},    // 30.45 + 30
        {290, 30, 1, 30},       // 0.029 + 30: above the amount
        {25, 10, 10'000, 35},   // 25 + 10
        {1, 0, 5'000, 0},       // 0.50
        {1, 0, 15'000, 2},      // 1.50
        {10'000, 0, 1, 1},      // all of it
        {0, 0, 99'999'999, 0},  // nothing
        {0, 7, 99'999'999, 7},  // the fixed part alone
        {10'000, 0, kMost, kMost},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(fee_of({row.basis_points, row.fixed}, Money(row.amount, kEur)), row.fee)
            << row.basis_points << " bps + " << row.fixed << " of " << row.amount;
    }
}

// The digest covers 70,000 fees, one line "bps|fixed|amount|fee" each, computed by another program (decimal
// arithmetic).
TEST(Fee, the_golden_table_of_small_amounts_does_not_move) {
    constexpr std::pair<std::int32_t, std::int64_t> kRules[] = {{0, 0},   {1, 0},    {25, 10},  {290, 30},
                                                                {333, 0}, {5000, 1}, {10000, 0}};
    std::string table;
    for (const auto& [basis_points, fixed] : kRules) {
        for (std::int64_t amount = 1; amount <= 10'000; ++amount) {
            const auto fee = fee_of({basis_points, fixed}, Money(amount, kEur)).value();
            table += fmt::format("{}|{}|{}|{}\n", basis_points, fixed, amount, fee);
        }
    }
    EXPECT_EQ(to_hex(sha256(table)), "6991233ae0172bb3be09c944a3245eb2167dab55c141cde04b3546ae9f18ed88");
}

TEST(Fee, a_rule_outside_its_ranges_is_refused) {
    EXPECT_EQ(fee_of({-1, 0}, Money(100, kEur)).error(), Error::amount_out_of_range);
    EXPECT_EQ(fee_of({10'001, 0}, Money(100, kEur)).error(), Error::amount_out_of_range);
    EXPECT_EQ(fee_of({0, -1}, Money(100, kEur)).error(), Error::amount_out_of_range);
    EXPECT_EQ(fee_of({0, 0}, Money(-1, kEur)).error(), Error::amount_out_of_range);
    EXPECT_EQ(fee_of({10'000, 1}, Money(kMost, kEur)).error(), Error::overflow);
}

RC_GTEST_PROP(FeeProperty, the_proportional_part_is_within_half_a_minor_unit, ()) {
    const auto amount = *rc::gen::inRange<std::int64_t>(0, kMost);
    const auto basis_points = *rc::gen::inRange<std::int32_t>(0, 10'001);
    const auto fee = fee_of({basis_points, 0}, Money(amount, kUsd)).value();
    const __int128 error = static_cast<__int128>(fee) * 10'000 - static_cast<__int128>(amount) * basis_points;
    RC_ASSERT(error <= 5'000);
    RC_ASSERT(error >= -5'000);
}

}  // namespace
}  // namespace florin::ledger
