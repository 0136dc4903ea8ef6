#include "flow/expiry.hpp"

#include <algorithm>

#include "base/fail_point.hpp"
#include "flow/operation_plan.hpp"
#include "flow/perform.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kLookAgain{10 * 60'000};
constexpr Milliseconds kWithin{10'000};
constexpr std::size_t kAtOnce = 10;

// A PSP that has once refused to release it captured it: asking again changes nothing, and a human has been told.
Task<bool> was_refused(const Services& services, PaymentId payment) {
    const auto rows = co_await services.store.operations_of(payment, Deadline::after(kWithin));
    co_return std::ranges::any_of(rows, [](const store::OperationRow& row) {
        return row.attempt.kind == OperationKind::expire && row.outcome == payments::Outcome::declined;
    });
}

Task<void> release(const Services& services, const PspAccount& account, payments::Payment payment) {
    auto decision = payments::decide(payment, {.kind = OperationKind::expire});
    auto* reserved = std::get_if<payments::Reserved>(&decision);
    if (reserved == nullptr || co_await was_refused(services, payment.id)) co_return;

    const auto now = services.clock.now();
    const auto deadlines = Deadlines::from_now(services.options);
    auto attempt = attempt_of(payment, account,
                              {.kind = OperationKind::expire,
                               .amount = reserved->amount,
                               .parameters = std::move(reserved->parameters),
                               .actor = kExpiryActor,
                               .request = RequestId::make(now, bucket_of(payment.merchant.uuid()), payment.live)},
                              now);
    auto reservation =
        reservation_of(payment, std::move(reserved->payment), std::move(attempt), account, services.options);
    Opened opened{.payment = reservation.payment, .attempt = reservation.attempt, .deadlines = deadlines};
    FLORIN_FAIL_POINT("before_intent_commit");
    const auto taken = co_await services.store.commit(std::move(reservation), deadlines.commit);
    // A capture or a void was quicker: what then is still held is looked at again.
    if (!std::holds_alternative<store::IntentWon>(taken)) co_return;
    FLORIN_FAIL_POINT("after_intent_commit");
    co_await perform(services, std::move(opened));
}

// What is still held afterwards is busy, or could not be released.
Task<void> expire(const Services& services, const PspAccount& account, payments::Payment payment) {
    co_await release(services, account, payment);
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
