#include "flow/signal.hpp"

#include <boost/asio/as_tuple.hpp>

namespace florin::flow {
namespace {

// Takes the timer out of the list also when the waiting coroutine is destroyed with its loop.
class Registration {
public:
    Registration(std::list<Timer*>& list, Timer& timer) : list_(list), place_(list.insert(list.end(), &timer)) {}
    ~Registration() { list_.erase(place_); }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

private:
    std::list<Timer*>& list_;
    std::list<Timer*>::iterator place_;
};

}  // namespace

Task<void> Signal::wait(Deadline deadline) {
    Timer timer(executor_, deadline.remaining());
    const Registration registration(waiting_, timer);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

void Signal::notify() {
    for (auto* timer : waiting_) timer->cancel();
}

Task<void> pause(boost::asio::any_io_executor executor, Milliseconds duration) {
    Timer timer(executor, duration);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

}  // namespace florin::flow
