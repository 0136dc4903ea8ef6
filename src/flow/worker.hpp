// What runs beside the requests: the resolver, expiries, late failures and late successes of each PSP account, the
// relay of events, and the housekeeping.
#pragma once

#include <memory>

#include "flow/services.hpp"

namespace florin::flow {

class Worker {
public:
    explicit Worker(const Services& services);
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
