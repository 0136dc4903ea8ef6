#include "flow/duty.hpp"

namespace florin::flow {

DutyLoop::DutyLoop(const Services& services, const PspAccount& account, const Duty& duty)
    : services_(services), account_(account), duty_(duty), crew_(services.executor, duty.at_once, duty.name) {}

Task<Milliseconds> DutyLoop::pass() {
    const auto taken = co_await crew_.fill([this] { return duty_.take(services_, account_, crew_); });
    co_return taken > 0 ? duty_.pause_while_more : duty_.pause;
}

}  // namespace florin::flow
