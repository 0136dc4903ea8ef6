// The journals of authorizations, releases, refunds and reversals, and whole lives of payments made of them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <map>

#include "ledger/journal.hpp"

namespace florin::ledger {
namespace {

const MerchantId kMerchant = *MerchantId::parse("mer_0195f000-0000-7000-8014-000000000002");
const PspAccount kStripe{"stripe", "main", false};
constexpr FeeRule kPspFee{290, 30};
constexpr FeeRule kOurFee{25, 10};

const std::string kReceivable = "test:psp:stripe:main:receivable:USD ";
const std::string kPspFees = "test:psp:stripe:main:fees:USD ";
const std::string kPayable = "test:merchant:mer_0195f000-0000-7000-8014-000000000002:payable:USD ";
const std::string kFees = "test:platform:fees:USD ";
const std::string kHeldByPsp = "test:psp:stripe:main:authorized:USD ";
const std::string kHeldForMerchant = "test:merchant:mer_0195f000-0000-7000-8014-000000000002:authorized:USD ";

Hold hold(std::int64_t amount, Currency currency = kUsd) {
    return {kStripe, kMerchant, Money(amount, currency)};
}
Refund refund(std::int64_t amount, Currency currency = kUsd) {
    return {kStripe, kMerchant, Money(amount, currency)};
}
Journal captured(std::int64_t amount, Currency currency = kUsd) {
    return capture_journal({kStripe, kMerchant, Money(amount, currency), kPspFee, kOurFee}).value();
}
Journal authorized(std::int64_t amount, Currency currency = kUsd) {
    return authorization_journal(hold(amount, currency)).value();
}
Journal released(std::int64_t amount, Currency currency = kUsd) {
    return release_journal(hold(amount, currency)).value();
}
Journal refunded(std::int64_t amount, Currency currency = kUsd) {
    return refund_journal(refund(amount, currency)).value();
}

std::vector<std::string> lines_of(const Journal& journal) {
    std::vector<std::string> lines;
    for (const Line& line : journal.lines) lines.push_back(line.account.path + " " + std::to_string(line.amount));
    return lines;
}

struct Row {
    const char* name;
    Journal journal;
    std::string_view kind;
    std::vector<std::string> lines;
};

TEST(Journals, they_read_like_an_accountants_page) {
    const Row rows[] = {
        {"an authorization holds the gross amount",
         authorized(1050),
         "authorization",
         {kHeldByPsp + "1050", kHeldForMerchant + "-1050"}},
        {"a release is the opposite", released(1050), "release", {kHeldForMerchant + "1050", kHeldByPsp + "-1050"}},
        {"the smallest one", released(1), "release", {kHeldForMerchant + "1", kHeldByPsp + "-1"}},
        {"a refund gives back no fee", refunded(1050), "refund", {kPayable + "1050", kReceivable + "-1050"}},
        {"a refund of 1", refunded(1), "refund", {kPayable + "1", kReceivable + "-1"}},
        {"a capture that failed gives back its fees",
         reversal_journal(JournalKind::capture_reversal, captured(1050).lines),
         "capture_reversal",
         {kReceivable + "-990", kPspFees + "-60", kPayable + "1037", kFees + "13"}},
        {"a capture of 1 with fees above it that failed",
         reversal_journal(JournalKind::capture_reversal, captured(1).lines),
         "capture_reversal",
         {kReceivable + "29", kPspFees + "-30", kPayable + "-9", kFees + "10"}},
        {"a refund that failed",
         reversal_journal(JournalKind::refund_reversal, refunded(40).lines),
         "refund_reversal",
         {kPayable + "-40", kReceivable + "40"}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(to_string(row.journal.kind), row.kind);
        EXPECT_EQ(lines_of(row.journal), row.lines);
        EXPECT_TRUE(is_balanced(row.journal));
    }
}

TEST(Journals, an_amount_below_1_is_refused) {
    for (const std::int64_t amount : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
        EXPECT_EQ(authorization_journal(hold(amount)).error(), Error::amount_out_of_range);
        EXPECT_EQ(release_journal(hold(amount)).error(), Error::amount_out_of_range);
        EXPECT_EQ(refund_journal(refund(amount)).error(), Error::amount_out_of_range);
    }
}

TEST(JournalsDeathTest, only_what_balances_is_reversed) {
    EXPECT_DEATH(reversal_journal(JournalKind::capture_reversal, {}), "assertion.failed");
    EXPECT_DEATH(reversal_journal(JournalKind::capture_reversal, {{platform_fees(false, kUsd), 1}}),
                 "assertion.failed");
    constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
    EXPECT_DEATH(reversal_journal(JournalKind::capture_reversal, {{platform_fees(false, kUsd), kLeast},
                                                                  {psp_fees(kStripe, kUsd), -(kLeast + 1)},
                                                                  {psp_receivable(kStripe, kUsd), 1}}),
                 "assertion.failed.*min");
}

using Balances = std::map<std::string, std::int64_t>;

Balances balances_of(const std::vector<Journal>& journals) {
    Balances balances;
    for (const Journal& journal : journals) {
        for (const Line& line : journal.lines) balances[line.account.path + ' '] += line.amount;
    }
    std::erase_if(balances, [](const auto& balance) { return balance.second == 0; });
    return balances;
}

struct Life {
    const char* name;
    std::vector<Journal> journals;
    Balances balances;  // those that are not zero
};

// What is held ends at zero in every finished life, and beside it stands only what was captured and refunded.
TEST(Journals, a_finished_life_holds_nothing) {
    const Journal first = captured(300);
    const Journal given_back = refunded(100);
    const Life lives[] = {
        {"authorized and captured",
         {authorized(1050), captured(1050), released(1050)},
         {{kReceivable, 990}, {kPspFees, 60}, {kPayable, -1037}, {kFees, -13}}},
        {"voided", {authorized(1050), released(1050)}, {}},
        {"captured in part, the rest released with it",
         {authorized(1050), captured(600), released(1050)},
         {{kReceivable, 553}, {kPspFees, 47}, {kPayable, -588}, {kFees, -12}}},
        {"three captures and the rest voided",
         {authorized(1000), captured(300), released(300), captured(300), released(300), captured(300), released(300),
          released(100)},
         {{kReceivable, 783}, {kPspFees, 117}, {kPayable, -867}, {kFees, -33}}},
        {"one captured, the rest expired",
         {authorized(1000), captured(300), released(300), released(700)},
         {{kReceivable, 261}, {kPspFees, 39}, {kPayable, -289}, {kFees, -11}}},
        {"refunded completely: both fees stay",
         {captured(1050), refunded(1050)},
         {{kReceivable, -60}, {kPspFees, 60}, {kPayable, 13}, {kFees, -13}}},
        {"a refund that failed later",
         {captured(300), given_back, reversal_journal(JournalKind::refund_reversal, given_back.lines)},
         {{kReceivable, 261}, {kPspFees, 39}, {kPayable, -289}, {kFees, -11}}},
        {"a capture that failed later is held again, then voided",
         {authorized(1000), first, released(1000), reversal_journal(JournalKind::capture_reversal, first.lines),
          authorized(300), released(300)},
         {}},
        {"a capture that failed later and was captured again",
         {authorized(1000), first, released(300), reversal_journal(JournalKind::capture_reversal, first.lines),
          authorized(300), captured(1000), released(1000)},
         {{kReceivable, 941}, {kPspFees, 59}, {kPayable, -988}, {kFees, -12}}},
    };
    for (const Life& life : lives) {
        SCOPED_TRACE(life.name);
        EXPECT_EQ(balances_of(life.journals), life.balances);
    }
}

RC_GTEST_PROP(JournalsProperty, a_reversal_is_the_exact_negation, ()) {
    const auto amount = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000'000);
    const Journal journal = captured(amount, kEur);
    const Journal reversal = reversal_journal(JournalKind::capture_reversal, journal.lines);
    RC_ASSERT(reversal.lines.size() == journal.lines.size());
    for (std::size_t i = 0; i < journal.lines.size(); ++i) {
        RC_ASSERT(reversal.lines[i].account.id() == journal.lines[i].account.id());
        RC_ASSERT(reversal.lines[i].amount == -journal.lines[i].amount);
    }
    RC_ASSERT(balances_of({journal, reversal}).empty());
    RC_ASSERT(lines_of(reversal_journal(JournalKind::capture, reversal.lines)) == lines_of(journal));
}

TEST(Journals, currencies_never_meet) {
    const auto balances = balances_of({authorized(100), authorized(100, kJpy), released(100), refunded(7, kJpy)});
    EXPECT_EQ(balances, (Balances{{"test:psp:stripe:main:authorized:JPY ", 100},
                                  {"test:merchant:mer_0195f000-0000-7000-8014-000000000002:authorized:JPY ", -100},
                                  {"test:merchant:mer_0195f000-0000-7000-8014-000000000002:payable:JPY ", 7},
                                  {"test:psp:stripe:main:receivable:JPY ", -7}}));
}

}  // namespace
}  // namespace florin::ledger
