// What tasks of this process wait for: each waiter up to a deadline of its own, all of them woken at once. A waiter
// costs one timer and nothing else. The waiter checks its condition before and after: a wake-up is a hint, not a fact.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <list>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/timer.hpp"

namespace florin::flow {

class Signal {
public:
    explicit Signal(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;

    // Returns at the next notify() or when the deadline passes. The signal must outlive its waiters.
    Task<void> wait(Deadline deadline);
    void notify();

private:
    boost::asio::any_io_executor executor_;
    std::list<Timer*> waiting_;
};

Task<void> pause(boost::asio::any_io_executor executor, Milliseconds duration);

}  // namespace florin::flow
