// What every use case and the worker need: the store, the PSP accounts, and how long things may take.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <string>

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
};

// The PSP accounts of this process: one per mode now.
struct PspAccount {
    psp::Psp* psp = nullptr;
    ledger::PspAccount account;
    std::map<std::string, ledger::FeeRule> fees;  // expected PSP fee by currency
    ledger::FeeRule default_fee;
};
struct PspAccounts {
    std::map<bool, PspAccount> by_mode;  // live → account
    const PspAccount* find(bool live) const;
    // The account an attempt was opened with; nullptr when the configuration no longer has it.
    const PspAccount* find(const payments::Attempt& attempt) const;
};

struct Services {
    boost::asio::any_io_executor executor;
    const Clock& clock;
    store::Store& store;
    const PspAccounts& psps;
    observe::Metrics& metrics;
    FlowOptions options;
};

}  // namespace florin::flow
