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

Task<std::size_t> take(const Services& services, const PspAccount& account, Crew& crew) {
    auto expired = co_await services.store.take_expired(account.account, services.options.lease,
                                                        static_cast<int>(crew.room()), Deadline::after(kWithin));
    for (auto& payment : expired) crew.start(expire(services, account, std::move(payment)));
    co_return expired.size();
}

}  // namespace

const Duty kExpiry{.name = "expiry",
                   .queue = "held_authorizations",
                   .at_once = kAtOnce,
                   .pause = kTick,
                   .pause_while_more = kTick,
                   .take = take};

}  // namespace florin::flow
