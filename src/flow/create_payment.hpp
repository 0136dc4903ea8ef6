// POST /payments: intent, PSP call, outcome, as a task of the process. The caller is one bounded waiter: it gets the
// stored answer, or 202 with the provisional document when the task is still at work (the task goes on reading to the
// PSP deadline). Waiters in one process share one future and hold no database connection.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "flow/answer.hpp"
#include "observe/metrics.hpp"
#include "payments/request.hpp"
#include "psp/psp.hpp"
#include "store/credentials.hpp"
#include "store/store.hpp"

namespace florin::flow {

struct FlowOptions {
    Milliseconds answer_within{10'000};  // then 202
    Milliseconds psp_deadline{30'000};
    Milliseconds lease{45'000};               // outlasts psp_deadline
    Milliseconds execute_for{15 * 60'000};    // execute_until
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

struct CreateCommand {
    store::Credential credential;
    std::string key;  // checked Idempotency-Key
    RequestId request_id;
    payments::CreateRequest request;
    Digest fingerprint;
};

class CreatePayment {
public:
    explicit CreatePayment(Services& services);
    ~CreatePayment();
    // Refusals: idempotency_key_reused (422, names the field), conflict (409, no payment id known yet), overloaded,
    // commit_unknown, shutting_down (503).
    Task<Checked<Answer>> run(CreateCommand command);
    // Refuses new work and waits for the tasks, up to the deadline.
    Task<void> drain(Deadline deadline);

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the tasks, which may outlive the use case
};

}  // namespace florin::flow
