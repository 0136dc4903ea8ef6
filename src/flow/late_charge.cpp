#include "flow/late_charge.hpp"

#include "base/fail_point.hpp"
#include "flow/settlement.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr int kRounds = 4;

bool can_adopt(const store::StoredOperation& stored, const Verdict& late) {
    return stored.attempt.number == late.attempt.number && stored.result &&
           stored.result->outcome == Outcome::not_executed;
}

store::Adoption adoption_of(const Services& services, const store::StoredOperation& stored, Verdict late) {
    const auto late_attempt = late.attempt.number;
    late.payment = stored.payment;
    // The number that was read plus one, never the largest plus one: a merchant's repeat may have opened it meanwhile.
    late.attempt.number = static_cast<std::int16_t>(late_attempt + 1);
    late.attempt.actor = late.actor;
    return {.settlement = settlement_of(services, late, false), .late_attempt = late_attempt};
}

void announce(const Services& services, const Verdict& late, std::string_view what) {
    observe::log(observe::Level::error, "payment.late_charge",
                 {{"payment", to_string(late.payment.id)},
                  {"operation", to_string(late.attempt.operation)},
                  {"attempt", late.attempt.number},
                  {"amount", late.attempt.amount.minor_units()},
                  {"currency", late.attempt.amount.currency().code()},
                  {"psp_reference", late.judgement.psp_reference.value_or("")},
                  {"what", what}});
    services.metrics.psp_alert(late.attempt.psp, "late_charge");
}

}  // namespace

bool is_late_success(const store::StoredOperation& stored, const Verdict& verdict) {
    if (verdict.judgement.outcome != Outcome::approved) return false;
    const bool is_booked = stored.result && stored.result->outcome == Outcome::approved &&
                           stored.payment.psp_reference == verdict.judgement.psp_reference;
    return !is_booked;
}

Task<Standing> settle_late(const Services& services, Verdict late, store::StoredOperation stored, Deadline deadline) {
    for (int round = 0; round < kRounds && can_adopt(stored, late); ++round) {
        auto adoption = adoption_of(services, stored, late);
        auto step = adoption.settlement.step;
        FLORIN_FAIL_POINT("before_adoption_commit");
        const auto result = co_await services.store.commit(std::move(adoption), deadline);
        FLORIN_FAIL_POINT("after_adoption_commit");
        if (result == store::SettlementResult::won) {
            announce(services, late, "adopted as the next attempt");
            services.metrics.payment_outcome(late.attempt.psp, payments::to_string(Outcome::approved));
            co_return Standing{.payment = step.payment, .result = result_of(step, Outcome::approved), .is_ours = true};
        }
        if (result == store::SettlementResult::reference_taken) break;
        auto again = co_await services.store.find_operation(late.attempt.payment, late.attempt.operation, deadline);
        if (!again) break;
        stored = std::move(*again);
    }
    // Adopted by somebody else meanwhile: the charge stands once and is booked once.
    if (is_late_success(stored, late)) announce(services, late, "charged beside what is stored: refund it");
    co_return Standing{.payment = std::move(stored.payment), .result = std::move(stored.result)};
}

}  // namespace florin::flow
