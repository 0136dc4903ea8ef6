#include "flow/services.hpp"

namespace florin::flow {

const PspAccount* PspAccounts::find(bool live) const {
    const auto found = by_mode.find(live);
    return found == by_mode.end() ? nullptr : &found->second;
}

const PspAccount* PspAccounts::find(const payments::Attempt& attempt) const {
    const auto* account = find(is_live(attempt.operation.uuid()));
    // Another account knows nothing of the attempt: asking it would prove what is not so.
    if (account == nullptr || account->account.psp != attempt.psp || account->account.name != attempt.psp_account) {
        return nullptr;
    }
    return account;
}

}  // namespace florin::flow
