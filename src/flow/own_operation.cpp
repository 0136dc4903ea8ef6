#include "flow/own_operation.hpp"

#include <algorithm>

#include "base/fail_point.hpp"
#include "flow/operation_plan.hpp"
#include "flow/perform.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kWithin{10'000};

}  // namespace

Task<bool> was_refused(const Services& services, PaymentId payment, payments::OperationKind kind, std::string actor) {
    const auto rows = co_await services.store.operations_of(payment, Deadline::after(kWithin));
    co_return std::ranges::any_of(rows, [&](const store::OperationRow& row) {
        return row.attempt.kind == kind && row.attempt.actor == actor && row.outcome == payments::Outcome::declined;
    });
}

Task<void> begin_own(const Services& services, const PspAccount& account, payments::Payment payment,
                     payments::ModificationRequest request, std::string actor) {
    auto decision = payments::decide(payment, request);
    auto* reserved = std::get_if<payments::Reserved>(&decision);
    if (reserved == nullptr) co_return;

    const auto now = services.clock.now();
    const auto deadlines = Deadlines::from_now(services.options);
    auto attempt = attempt_of(payment, account,
                              {.kind = request.kind,
                               .amount = reserved->amount,
                               .parameters = std::move(reserved->parameters),
                               .actor = std::move(actor),
                               .request = RequestId::make(now, bucket_of(payment.merchant.uuid()), payment.live)},
                              now);
    auto reservation =
        reservation_of(payment, std::move(reserved->payment), std::move(attempt), account, services.options);
    Opened opened{.payment = reservation.payment, .attempt = reservation.attempt, .deadlines = deadlines};
    FLORIN_FAIL_POINT("before_intent_commit");
    const auto taken = co_await services.store.commit(std::move(reservation), deadlines.commit);
    // Another operation was quicker: what then is still held is looked at again.
    if (!std::holds_alternative<store::IntentWon>(taken)) co_return;
    FLORIN_FAIL_POINT("after_intent_commit");
    co_await perform(services, std::move(opened));
}

}  // namespace florin::flow
