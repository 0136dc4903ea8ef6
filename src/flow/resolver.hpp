// Settles what is unknown, abandoned by its process, or waiting for the payer: takes due open operations under a lease
// and proves what happened by same-key repeat, by reading the object, or by a fenced look-up. "Not found" alone proves
// nothing.
#pragma once

#include <memory>

#include "flow/create_payment.hpp"

namespace florin::flow {

class Resolver {
public:
    explicit Resolver(Services& services);
    ~Resolver();
    // Runs until stop(); one pass per second while there is work, infrastructure trouble is logged and waited out.
    Task<void> run();
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with what is at work
};

}  // namespace florin::flow
