#include <gtest/gtest.h>

#include "ledger/journal.hpp"

namespace florin::ledger {
namespace {

const PspAccount kStripe{"stripe", "main", false};

using Lines = std::vector<std::string>;

Lines lines_of(const Result<Journal>& journal) {
    Lines lines;
    for (const Line& line : journal.value().lines) {
        lines.push_back(line.account.path.substr(std::string("test:psp:stripe:main:").size()) + " " +
                        std::to_string(line.amount));
    }
    return lines;
}

Late late(bool is_hold, bool goes_out, FeeRule fee = {}) {
    return {kStripe, Money(1000, kUsd), is_hold, goes_out, fee};
}

TEST(LateJournals, a_charge_that_is_returned_leaves_the_fee_alone) {
    const auto charge = late(false, false, {290, 30});
    EXPECT_EQ(lines_of(late_charge_journal(charge)),
              (Lines{"receivable:USD 941", "fees:USD 59", "late_charges:USD -1000"}));
    EXPECT_EQ(lines_of(late_return_journal(charge)), (Lines{"late_charges:USD 1000", "receivable:USD -1000"}));
    EXPECT_EQ(lines_of(late_suspense_journal(charge)), (Lines{"late_charges:USD 1000", "suspense:USD -1000"}));
}

TEST(LateJournals, what_went_out_to_the_payer_ends_in_suspense_as_a_loss) {
    const auto refund = late(false, true);
    EXPECT_EQ(lines_of(late_charge_journal(refund)), (Lines{"late_charges:USD 1000", "receivable:USD -1000"}));
    EXPECT_EQ(lines_of(late_suspense_journal(refund)), (Lines{"suspense:USD 1000", "late_charges:USD -1000"}));
}

TEST(LateJournals, holds_stay_on_memo_accounts) {
    const auto hold = late(true, false, {290, 30});
    EXPECT_EQ(lines_of(late_charge_journal(hold)), (Lines{"authorized:USD 1000", "late_holds:USD -1000"}));
    EXPECT_EQ(lines_of(late_return_journal(hold)), (Lines{"late_holds:USD 1000", "authorized:USD -1000"}));
    const auto release = late(true, true);
    EXPECT_EQ(lines_of(late_charge_journal(release)), (Lines{"late_holds:USD 1000", "authorized:USD -1000"}));
    EXPECT_EQ(lines_of(late_suspense_journal(release)), (Lines{"suspended_holds:USD 1000", "late_holds:USD -1000"}));
}

TEST(LateJournals, every_account_is_read_back_from_its_path_and_nothing_is_not_booked) {
    for (const bool is_hold : {false, true}) {
        for (const bool goes_out : {false, true}) {
            for (const auto& journal :
                 {late_charge_journal(late(is_hold, goes_out)), late_suspense_journal(late(is_hold, goes_out))}) {
                for (const Line& line : journal.value().lines) {
                    EXPECT_EQ(parse_account(line.account.path).value().id(), line.account.id());
                }
            }
        }
    }
    Late nothing = late(false, false);
    nothing.amount = Money(0, kUsd);
    EXPECT_FALSE(late_charge_journal(nothing));
    EXPECT_FALSE(late_return_journal(nothing));
    EXPECT_FALSE(late_suspense_journal(nothing));
}

}  // namespace
}  // namespace florin::ledger
