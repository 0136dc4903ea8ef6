// The coroutine type of Florin. All I/O of a process runs on one loop, so a task needs no locks.
// Parameters of a coroutine are taken by value, except references to services that outlive every request.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>

namespace florin {

template <class T>
using Task = boost::asio::awaitable<T>;

// Starts the task and goes on; `ended`, if any, is called with what the task threw, or with null. co_spawn once for
// all: each use of that template costs the compiler a second.
void spawn(const boost::asio::any_io_executor& executor, Task<void> task,
           std::function<void(std::exception_ptr)> ended = {});

}  // namespace florin

// Unwraps a std::expected into `name`, or returns its error from the coroutine.
// NOLINTBEGIN(bugprone-macro-parentheses): a declared name takes none.
#define CO_TRY(name, expression)                                             \
    auto name##_or = (expression);                                           \
    if (!name##_or) co_return std::unexpected(std::move(name##_or).error()); \
    auto name = std::move(*name##_or)
// NOLINTEND(bugprone-macro-parentheses)
