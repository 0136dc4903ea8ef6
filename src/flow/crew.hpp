// Tasks at work beside a worker's loop: so many at once, and an end that the loop can wait for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/task.hpp"

namespace florin::flow {

class Crew {
public:
    // `name` stands in the log line of a task that failed; what it works on is taken again when its time comes.
    Crew(boost::asio::any_io_executor executor, std::size_t most, std::string name);
    std::size_t room() const;
    bool is_full() const { return room() == 0; }
    void start(Task<void> task, std::size_t weight = 1);
    // Lets `take` start what is due, and says how much that was. Nothing while it is full; trouble is logged, and what
    // was not taken is taken at a later pass.
    Task<std::size_t> fill(std::function<Task<std::size_t>()> take);
    Task<void> finish();

private:
    boost::asio::any_io_executor executor_;
    std::size_t most_;
    std::string name_;
    std::shared_ptr<std::size_t> at_work_;  // shared with the tasks
};

}  // namespace florin::flow
