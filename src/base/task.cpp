#include "base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <utility>

namespace florin {

void spawn(const boost::asio::any_io_executor& executor, Task<void> task,
           std::function<void(std::exception_ptr)> ended) {
    boost::asio::co_spawn(executor, std::move(task), [ended = std::move(ended)](std::exception_ptr failure) {
        if (ended) ended(std::move(failure));
    });
}

}  // namespace florin
