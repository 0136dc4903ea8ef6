// How long work waits in this process: the lateness of a timer tells how long the loop takes to come round, the commit
// queue how long writes wait. The larger of the two goes to the admission fifty times a second.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "api/admission.hpp"

namespace florin::api {

class DelayMeter {
public:
    // Measures from now until it is destroyed; the queue and the admission outlive it.
    DelayMeter(boost::asio::any_io_executor executor, std::function<std::chrono::nanoseconds()> wait_in_queue,
               Admission& admission);
    ~DelayMeter();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace florin::api
