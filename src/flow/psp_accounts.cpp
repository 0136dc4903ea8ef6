#include <algorithm>

#include "flow/services.hpp"

namespace florin::flow {
namespace {

const PspAccount* first_of(const std::vector<PspAccount>& all, const auto& is_wanted) {
    const auto found = std::ranges::find_if(all, [&](const PspAccount& one) { return is_wanted(one.account); });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

const PspAccount* PspAccounts::find_for_new(bool live) const {
    return first_of(all, [&](const ledger::PspAccount& account) { return account.live == live; });
}

const PspAccount* PspAccounts::find(const ledger::PspAccount& name) const {
    return first_of(all, [&](const ledger::PspAccount& account) { return account == name; });
}

ledger::PspAccount account_of(const payments::Payment& payment) {
    return {.psp = payment.psp, .name = payment.psp_account, .live = payment.live};
}

ledger::PspAccount account_of(const payments::Attempt& attempt) {
    return {.psp = attempt.psp, .name = attempt.psp_account, .live = is_live(attempt.operation.uuid())};
}

}  // namespace florin::flow
