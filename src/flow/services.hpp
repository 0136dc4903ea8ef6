// What every use case and the worker need: the store, the PSP accounts, and how long things may take.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "observe/metrics.hpp"
#include "psp/psp.hpp"
#include "store/store.hpp"

namespace florin::flow {

struct FlowOptions {
    Milliseconds answer_within{10'000};  // then 202
    Milliseconds psp_deadline{30'000};
    Milliseconds lease{45'000};               // outlasts psp_deadline
    Milliseconds execute_for{15 * 60'000};    // execute_until of creations and captures
    Milliseconds abandon_after{60 * 60'000};  // a payment whose payer never acted is cancelled at the PSP
    double resolver_per_second = 20;          // requests of the resolver to one PSP account
    Milliseconds late_waits{15'000};          // for what is open and holds its amount; then it is looked at again
};

struct PspAccount {
    psp::Psp* psp = nullptr;
    ledger::PspAccount account;
    std::map<std::string, ledger::FeeRule> fees;  // expected PSP fee by currency
    ledger::FeeRule default_fee;
};
// The PSP accounts of this process. A payment is known to the account that it was made at: another one knows nothing of
// it, and asking that would prove what is not so.
struct PspAccounts {
    std::vector<PspAccount> all;  // the first of a mode takes its new payments
    // nullptr when the configuration does not have it, or no longer.
    const PspAccount* find_for_new(bool live) const;
    const PspAccount* find(const ledger::PspAccount& name) const;
};
ledger::PspAccount account_of(const payments::Payment& payment);
ledger::PspAccount account_of(const payments::Attempt& attempt);

struct Services {
    boost::asio::any_io_executor executor;
    const Clock& clock;
    store::Store& store;
    const PspAccounts& psps;
    observe::Metrics& metrics;
    FlowOptions options;
};

}  // namespace florin::flow
