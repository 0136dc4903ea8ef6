// The operations that merchants ask for, each as a task of the process: intent, PSP call, outcome. The caller is one
// bounded waiter: it gets the stored answer, or 202 with the provisional document when the task is still at work (the
// task goes on reading to the PSP deadline). Waiters in one process share one future and hold no database connection.
#pragma once

#include <memory>

#include "base/task.hpp"
#include "flow/answer.hpp"
#include "flow/command.hpp"
#include "flow/services.hpp"

namespace florin::flow {

class Operations {
public:
    explicit Operations(const Services& services);
    ~Operations();
    // Refusals: idempotency_key_reused (422, names the field), conflict (409: no payment id known yet, or an open
    // operation of the payment is in the way; nothing was stored), overloaded, commit_unknown, shutting_down (503).
    Task<Checked<Answer>> run(Command command);
    // Refuses new work and waits for the tasks, up to the deadline.
    Task<void> drain(Deadline deadline);

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the tasks, which may outlive the use case
};

}  // namespace florin::flow
