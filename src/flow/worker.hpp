// What runs beside the requests: the resolver, expiries, late failures and late successes of each PSP account, the
// relay of events, the housekeeping, and loops of other modules.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "flow/services.hpp"

namespace florin::flow {

// A loop that another module brings, and the table that its work waits in.
struct Companion {
    std::string_view queue;
    std::function<Task<void>()> run;  // until stop(); waits out every trouble of its own
    std::function<void()> stop;
};

class Worker {
public:
    Worker(const Services& services, std::vector<Companion> companions);
    ~Worker();
    // Runs until stop() and the end of what is at work then; infrastructure trouble is logged and waited out. Throws
    // when the database has a queue that nothing here works.
    Task<void> run();
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with what is at work
};

}  // namespace florin::flow
