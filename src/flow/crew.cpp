#include "flow/crew.hpp"

#include <algorithm>
#include <exception>

#include "flow/signal.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kLookEvery{50};

// Ends the count of its work also when the coroutine is destroyed with its loop.
class Counted {
public:
    Counted(std::shared_ptr<std::size_t> count, std::size_t by) : count_(std::move(count)), by_(by) { *count_ += by_; }
    ~Counted() {
        if (count_) *count_ -= by_;
    }
    Counted(Counted&&) noexcept = default;
    Counted& operator=(Counted&&) = delete;

private:
    std::shared_ptr<std::size_t> count_;
    std::size_t by_;
};

void log_failure(const std::string& name, const std::exception& error) {
    observe::log(observe::Level::error, "worker.failed", {{"what", name}, {"why", error.what()}});
}

Task<void> guarded(Task<void> task, std::string name, Counted counted) {
    try {
        co_await std::move(task);
    } catch (const std::exception& error) {
        log_failure(name, error);
    }
}

}  // namespace

Crew::Crew(boost::asio::any_io_executor executor, std::size_t most, std::string name)
    : executor_(std::move(executor)), most_(most), name_(std::move(name)), at_work_(std::make_shared<std::size_t>(0)) {}

std::size_t Crew::room() const {
    return most_ - std::min(most_, *at_work_);
}

void Crew::start(Task<void> task, std::size_t weight) {
    spawn(executor_, guarded(std::move(task), name_, Counted(at_work_, weight)));
}

Task<std::size_t> Crew::fill(std::function<Task<std::size_t>()> take) {
    try {
        if (!is_full()) co_return co_await take();
    } catch (const std::exception& error) {
        log_failure(name_, error);
    }
    co_return 0;
}

Task<void> Crew::finish() {
    while (*at_work_ > 0) co_await pause(executor_, kLookEvery);
}

}  // namespace florin::flow
