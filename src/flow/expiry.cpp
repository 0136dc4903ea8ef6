#include "flow/expiry.hpp"

#include "flow/own_operation.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kLookAgain{10 * 60'000};
constexpr Milliseconds kWithin{10'000};
constexpr std::size_t kAtOnce = 10;

// What is still held afterwards is busy, or could not be released.
Task<void> expire(const Services& services, const PspAccount& account, payments::Payment payment) {
    const bool is_hopeless = co_await was_refused(services, payment.id, OperationKind::expire, kExpiryActor);
    if (!is_hopeless) co_await begin_own(services, account, payment, {.kind = OperationKind::expire}, kExpiryActor);
    co_await services.store.move_hold(payment.id, kLookAgain, Deadline::after(kWithin));
}

}  // namespace

Expiry::Expiry(const Services& services, const PspAccount& account)
    : services_(services), account_(account), crew_(services.executor, kAtOnce, "expiry") {}

Task<Milliseconds> Expiry::pass() {
    co_await crew_.fill([this] { return take(); });
    co_return kTick;
}

Task<std::size_t> Expiry::take() {
    auto expired = co_await services_.store.take_expired(account_.account, services_.options.lease,
                                                         static_cast<int>(crew_.room()), Deadline::after(kWithin));
    for (auto& payment : expired) crew_.start(expire(services_, account_, std::move(payment)));
    co_return expired.size();
}

}  // namespace florin::flow
