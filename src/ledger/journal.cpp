#include "ledger/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/assert.hpp"

namespace florin::ledger {
namespace {

Line debit(Account account, std::int64_t amount) {
    return {std::move(account), amount};
}
Line credit(Account account, std::int64_t amount) {
    return {std::move(account), -amount};
}

}  // namespace

std::string_view to_string(JournalKind kind) {
    switch (kind) {
        case JournalKind::capture:
            return "capture";
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

bool is_balanced(const Journal& journal) {
    std::map<Currency, __int128> sums;
    std::set<std::string_view> accounts;
    for (const Line& line : journal.lines) {
        if (line.amount == 0 || !accounts.insert(line.account.path).second) return false;
        sums[line.account.currency] += line.amount;
    }
    const bool all_zero = std::ranges::all_of(sums, [](const auto& sum) { return sum.second == 0; });
    return all_zero && !journal.lines.empty();
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
