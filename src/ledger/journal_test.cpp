#include "ledger/journal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

namespace florin::ledger {
namespace {

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
const MerchantId kMerchant = *MerchantId::parse("mer_0195f000-0000-7000-8014-000000000002");
const PspAccount kStripe{"stripe", "main", false};

Capture capture_of(std::int64_t gross, FeeRule psp_fee, FeeRule platform_fee, Currency currency = kUsd) {
    return {kStripe, kMerchant, Money(gross, currency), psp_fee, platform_fee};
}

// The journal as lines "account amount", for reading.
std::vector<std::string> lines_of(const Journal& journal) {
    std::vector<std::string> lines;
    for (const Line& line : journal.lines) lines.push_back(line.account.path + " " + std::to_string(line.amount));
    return lines;
}

const std::string kReceivable = "test:psp:stripe:main:receivable:USD ";
const std::string kPspFees = "test:psp:stripe:main:fees:USD ";
const std::string kPayable = "test:merchant:mer_0195f000-0000-7000-8014-000000000002:payable:USD ";
const std::string kFees = "test:platform:fees:USD ";

struct Row {
    const char* name;
    Capture capture;
    std::vector<std::string> lines;
};

TEST(CaptureJournal, it_reads_like_an_accountants_page) {
    const Row rows[] = {
        {"a sale of 10.50 with both fees",
         capture_of(1050, {290, 30}, {25, 10}),
         {kReceivable + "990", kPspFees + "60", kPayable + "-1037", kFees + "-13"}},
        {"no fees: two legs", capture_of(1050, {}, {}), {kReceivable + "1050", kPayable + "-1050"}},
        {"no platform fee", capture_of(1050, {0, 30}, {}), {kReceivable + "1020", kPspFees + "30", kPayable + "-1050"}},
        {"no PSP fee", capture_of(1050, {}, {0, 30}), {kReceivable + "1050", kPayable + "-1020", kFees + "-30"}},
        {"all of it is the PSP's", capture_of(100, {10'000, 0}, {}), {kPspFees + "100", kPayable + "-100"}},
        {"all of it is ours", capture_of(100, {}, {10'000, 0}), {kReceivable + "100", kFees + "-100"}},
        {"amount 1, our fee above it: the merchant owes us",
         capture_of(1, {}, {0, 30}),
         {kReceivable + "1", kPayable + "29", kFees + "-30"}},
        {"amount 1, the PSP's fee above it: we owe the PSP",
         capture_of(1, {0, 30}, {}),
         {kReceivable + "-29", kPspFees + "30", kPayable + "-1"}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto journal = capture_journal(row.capture);
        ASSERT_TRUE(journal);
        EXPECT_EQ(lines_of(*journal), row.lines);
        EXPECT_TRUE(is_balanced(*journal));
    }
}

TEST(CaptureJournal, every_small_amount_balances_in_every_exponent) {
    for (const Currency currency : {kJpy, kEur, kKwd, kClf}) {
        for (std::int64_t amount = 1; amount <= 10'000; ++amount) {
            const auto journal = capture_journal(capture_of(amount, {290, 30}, {333, 7}, currency)).value();
            ASSERT_TRUE(is_balanced(journal)) << amount;
            const auto credited = [&](const Account& account) {
                const auto line =
                    std::ranges::find(journal.lines, account.path, [](const Line& l) { return l.account.path; });
                return line == journal.lines.end() ? 0 : -line->amount;
            };
            const auto net = credited(merchant_payable(kMerchant, false, currency));
            ASSERT_EQ(net + credited(platform_fees(false, currency)), amount);  // fee + net = gross
        }
    }
}

TEST(CaptureJournal, what_cannot_be_computed_is_refused) {
    EXPECT_EQ(capture_journal(capture_of(0, {}, {})).error(), Error::amount_out_of_range);
    EXPECT_EQ(capture_journal(capture_of(-1, {}, {})).error(), Error::amount_out_of_range);
    EXPECT_EQ(capture_journal(capture_of(100, {10'001, 0}, {})).error(), Error::amount_out_of_range);
    EXPECT_EQ(capture_journal(capture_of(100, {}, {0, -1})).error(), Error::amount_out_of_range);
    EXPECT_EQ(capture_journal(capture_of(kMost, {10'000, 1}, {})).error(), Error::overflow);
}

RC_GTEST_PROP(CaptureJournalProperty, it_balances_for_all_fees_and_amounts, ()) {
    const auto rule = [] {
        return FeeRule{*rc::gen::inRange<std::int32_t>(0, 10'001), *rc::gen::inRange<std::int64_t>(0, kMost)};
    };
    const auto journal = capture_journal(capture_of(*rc::gen::inRange<std::int64_t>(1, kMost), rule(), rule()));
    if (!journal) {
        RC_ASSERT((journal.error() == Error::overflow));
        return;
    }
    RC_ASSERT(is_balanced(*journal));
    RC_ASSERT(journal->lines.size() >= 2U);
    RC_ASSERT(journal->lines.size() <= 4U);
}

TEST(Journal, balance_is_per_currency_without_zero_lines_or_an_account_twice) {
    const Account dollars = platform_fees(false, kUsd);
    const Account more_dollars = merchant_payable(kMerchant, false, kUsd);
    const Account euros = platform_fees(false, kEur);
    const auto balanced = [](std::vector<Line> lines) { return is_balanced({JournalKind::capture, std::move(lines)}); };
    EXPECT_TRUE(balanced({{dollars, 100}, {more_dollars, -100}}));
    EXPECT_FALSE(balanced({}));
    EXPECT_FALSE(balanced({{dollars, 100}}));
    EXPECT_FALSE(balanced({{dollars, 100}, {more_dollars, -99}}));
    EXPECT_FALSE(balanced({{dollars, 100}, {euros, -100}}));
    EXPECT_FALSE(balanced({{dollars, 0}}));
    EXPECT_FALSE(balanced({{dollars, 100}, {dollars, -100}}));
    EXPECT_FALSE(
        balanced({{dollars, kMost}, {more_dollars, kMost}, {platform_fees(true, kUsd), 2}}));  // 2^64: no wrap to 0
}

TEST(Journal, its_canonical_bytes_are_one_line_per_leg) {
    EXPECT_EQ(canonical(capture_journal(capture_of(1050, {}, {})).value()),
              "capture|test:psp:stripe:main:receivable:USD|USD|1050\n"
              "capture|test:merchant:mer_0195f000-0000-7000-8014-000000000002:payable:USD|USD|-1050\n");
}

}  // namespace
}  // namespace florin::ledger
