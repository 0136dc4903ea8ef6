#include "ledger/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/assert.hpp"

namespace florin::ledger {
namespace {

Line debit(Account account, std::int64_t amount) {
    return {std::move(account), amount};
}
Line credit(Account account, std::int64_t amount) {
    return {std::move(account), -amount};
}

// Two legs of one amount.
Result<Journal> transfer(JournalKind kind, Account debited, Account credited, Money amount) {
    if (amount.minor_units() < 1) return std::unexpected(Error::amount_out_of_range);
    return Journal{
        kind, {debit(std::move(debited), amount.minor_units()), credit(std::move(credited), amount.minor_units())}};
}

struct LateAccounts {
    Account psp, passing, suspense;
};
LateAccounts accounts_of(const Late& late) {
    const Currency currency = late.amount.currency();
    if (late.is_hold) {
        return {psp_authorized(late.psp, currency), psp_late_holds(late.psp, currency),
                psp_suspended_holds(late.psp, currency)};
    }
    return {psp_receivable(late.psp, currency), psp_late_charges(late.psp, currency), psp_suspense(late.psp, currency)};
}

}  // namespace

std::string_view to_string(JournalKind kind) {
    switch (kind) {
        case JournalKind::capture:
            return "capture";
        case JournalKind::authorization:
            return "authorization";
        case JournalKind::release:
            return "release";
        case JournalKind::refund:
            return "refund";
        case JournalKind::capture_reversal:
            return "capture_reversal";
        case JournalKind::refund_reversal:
            return "refund_reversal";
        case JournalKind::late_charge:
            return "late_charge";
        case JournalKind::late_return:
            return "late_return";
        case JournalKind::late_suspense:
            return "late_suspense";
    }
    assertion_failed("a JournalKind outside its enumeration", __FILE__, __LINE__);
}

Result<Journal> capture_journal(const Capture& capture) {
    const Currency currency = capture.gross.currency();
    const std::int64_t gross = capture.gross.minor_units();
    if (gross < 1) return std::unexpected(Error::amount_out_of_range);
    const auto psp_fee = fee_of(capture.expected_psp_fee, capture.gross);
    if (!psp_fee) return std::unexpected(psp_fee.error());
    const auto platform_fee = fee_of(capture.platform_fee, capture.gross);
    if (!platform_fee) return std::unexpected(platform_fee.error());

    // Neither difference overflows: amount and fees are not negative.
    Journal journal{JournalKind::capture,
                    {debit(psp_receivable(capture.psp, currency), gross - *psp_fee),
                     debit(psp_fees(capture.psp, currency), *psp_fee),
                     credit(merchant_payable(capture.merchant, capture.psp.live, currency), gross - *platform_fee),
                     credit(platform_fees(capture.psp.live, currency), *platform_fee)}};
    std::erase_if(journal.lines, [](const Line& line) { return line.amount == 0; });
    FLORIN_ASSERT(is_balanced(journal));
    return journal;
}

Result<Journal> authorization_journal(const Hold& hold) {
    const Currency currency = hold.amount.currency();
    return transfer(JournalKind::authorization, psp_authorized(hold.psp, currency),
                    merchant_authorized(hold.merchant, hold.psp.live, currency), hold.amount);
}

Result<Journal> release_journal(const Hold& hold) {
    const Currency currency = hold.amount.currency();
    return transfer(JournalKind::release, merchant_authorized(hold.merchant, hold.psp.live, currency),
                    psp_authorized(hold.psp, currency), hold.amount);
}

Result<Journal> refund_journal(const Refund& refund) {
    const Currency currency = refund.amount.currency();
    return transfer(JournalKind::refund, merchant_payable(refund.merchant, refund.psp.live, currency),
                    psp_receivable(refund.psp, currency), refund.amount);
}

Result<Journal> late_charge_journal(const Late& late) {
    const auto [psp, passing, suspense] = accounts_of(late);
    if (late.goes_out) return transfer(JournalKind::late_charge, passing, psp, late.amount);
    if (late.is_hold) return transfer(JournalKind::late_charge, psp, passing, late.amount);
    if (late.amount.minor_units() < 1) return std::unexpected(Error::amount_out_of_range);
    const auto fee = fee_of(late.expected_psp_fee, late.amount);
    if (!fee) return std::unexpected(fee.error());
    const std::int64_t gross = late.amount.minor_units();
    Journal journal{
        JournalKind::late_charge,
        {debit(psp, gross - *fee), debit(psp_fees(late.psp, late.amount.currency()), *fee), credit(passing, gross)}};
    std::erase_if(journal.lines, [](const Line& line) { return line.amount == 0; });
    FLORIN_ASSERT(is_balanced(journal));
    return journal;
}

Result<Journal> late_return_journal(const Late& late) {
    FLORIN_ASSERT(!late.goes_out);
    const auto [psp, passing, suspense] = accounts_of(late);
    return transfer(JournalKind::late_return, passing, psp, late.amount);
}

Result<Journal> late_suspense_journal(const Late& late) {
    const auto [psp, passing, suspense] = accounts_of(late);
    return late.goes_out ? transfer(JournalKind::late_suspense, suspense, passing, late.amount)
                         : transfer(JournalKind::late_suspense, passing, suspense, late.amount);
}

Journal reversal_journal(JournalKind kind, std::vector<Line> posted) {
    Journal journal{kind, std::move(posted)};
    FLORIN_ASSERT(is_balanced(journal));
    for (Line& line : journal.lines) {
        FLORIN_ASSERT(line.amount != std::numeric_limits<std::int64_t>::min());  // it has no opposite
        line.amount = -line.amount;
    }
    return journal;
}

// Of the few lines that a journal has, each is compared with each: that needs no memory.
bool is_balanced(const Journal& journal) {
    const auto is_fair = [&](const Line& line) {
        __int128 sum = 0;
        int same = 0;
        for (const Line& other : journal.lines) {
            if (other.account.currency == line.account.currency) sum += other.amount;
            same += other.account.path == line.account.path ? 1 : 0;
        }
        return line.amount != 0 && same == 1 && sum == 0;
    };
    return !journal.lines.empty() && std::ranges::all_of(journal.lines, is_fair);
}

std::string canonical(const Journal& journal) {
    std::string text;
    for (const auto& [account, amount] : journal.lines) {
        fmt::format_to(std::back_inserter(text), "{}|{}|{}|{}\n", to_string(journal.kind), account.path,
                       account.currency.code(), amount);
    }
    return text;
}

}  // namespace florin::ledger
