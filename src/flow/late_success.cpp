#include "flow/late_success.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/fail_point.hpp"
#include "flow/compensation.hpp"
#include "flow/operation_plan.hpp"
#include "flow/settlement.hpp"
#include "flow/signal.hpp"

namespace florin::flow {
namespace {

using payments::LateCase;
using payments::LateEffect;
using payments::OperationKind;
using payments::Outcome;
using payments::Remedy;

constexpr Milliseconds kBusyPause{100};
constexpr Milliseconds kStoreWithin{5'000};

// A release is one however often it is asked for, and so is the capture of what the PSP captures once only: whichever
// attempt asked, it is the last one's.
bool happens_once(const payments::Payment& payment, const payments::SagaStep& step) {
    if (step.step == OperationKind::capture) return !payment.multiple_captures;
    return step.effect == LateEffect::releases;
}

Task<bool> is_booked_as(const Services& services, const Verdict& late, Deadline deadline) {
    const auto rows = co_await services.store.operations_of(late.attempt.payment, deadline);
    co_return std::ranges::any_of(rows, [&](const store::OperationRow& row) {
        return row.attempt.operation == late.attempt.operation && row.outcome == Outcome::approved &&
               row.psp_reference == late.judgement.psp_reference;
    });
}

// True when the success is the one that the operation's result books.
Task<bool> is_booked(const Services& services, const Verdict& late, const store::StoredOperation& stored,
                     Deadline deadline) {
    if (!stored.result || stored.result->outcome != Outcome::approved) co_return false;
    if (creates_object(late.attempt.kind)) co_return co_await is_booked_as(services, late, deadline);
    co_return stored.attempt.number == late.attempt.number;
}

// What stands in the place of the success, and the success as it is adopted where its place is free.
struct Place {
    LateCase situation = LateCase::replaced;
    bool is_busy = false;
    std::optional<Verdict> candidate{};
};

// Of a release nothing tells whose it was: another operation may have made the one that shows.
bool is_released(const payments::Payment& payment, const payments::Attempt& late) {
    const auto* step = payments::saga_step(late.kind);
    const bool releases = step != nullptr && step->effect == LateEffect::releases;
    return releases && payment.amounts.voided + payment.amounts.expired >= late.amount.minor_units();
}

// Of an attempt that is the last and was taken for not executed.
Place place_of_not_executed(const store::StoredOperation& stored, Verdict late) {
    late.payment = stored.payment;
    if (payments::creates_payment(late.attempt.kind) || payments::answers_late_success(late.attempt.kind)) {
        return {.situation = LateCase::free, .candidate = std::move(late)};
    }
    auto decision = payments::reserve_again(stored.payment, late.attempt);
    if (std::holds_alternative<payments::Busy>(decision)) return {.situation = LateCase::free, .is_busy = true};
    if (std::holds_alternative<payments::Refused>(decision)) {
        const bool released = is_released(stored.payment, late.attempt);
        return {.situation = released ? LateCase::replaced : LateCase::used_up};
    }
    auto& reserved = std::get<payments::Reserved>(decision);
    late.payment = std::move(reserved.payment);
    late.payment.version = stored.payment.version;  // reserved and settled in one commit
    late.attempt.amount = reserved.amount;
    late.attempt.parameters = std::move(reserved.parameters);
    return {.situation = LateCase::free, .candidate = std::move(late)};
}

Place place_of(const store::StoredOperation& stored, const Verdict& late) {
    if (stored.attempt.number != late.attempt.number || !stored.result) return {};
    if (stored.result->outcome == Outcome::not_executed) return place_of_not_executed(stored, late);
    const bool is_declined = stored.result->outcome == Outcome::declined && !is_released(stored.payment, late.attempt);
    return {.situation = is_declined ? LateCase::declined : LateCase::replaced};
}

Standing standing_of(store::StoredOperation stored) {
    return {.payment = std::move(stored.payment), .result = std::move(stored.result)};
}

// Empty when somebody else was quicker: what stands now is read again.
Task<std::optional<Standing>> adopt(const Services& services, Verdict late) {
    const auto late_attempt = late.attempt.number;
    // The number that was read plus one, never the largest plus one: a merchant's repeat may have opened it meanwhile.
    late.attempt.number = static_cast<std::int16_t>(late_attempt + 1);
    late.attempt.actor = late.actor;
    store::Adoption adoption{.settlement = settlement_of(services, late, false), .late_attempt = late_attempt};
    auto step = adoption.settlement.step;
    FLORIN_FAIL_POINT("before_adoption_commit");
    const auto result = co_await services.store.commit(std::move(adoption), Deadline::after(kStoreWithin));
    FLORIN_FAIL_POINT("after_adoption_commit");
    if (result == store::SettlementResult::reference_taken) {
        tell_of_late_success(services, late, "its PSP reference belongs to another operation: a human must look");
        co_return Standing{.payment = late.payment, .result = std::nullopt};
    }
    if (result != store::SettlementResult::won) co_return std::nullopt;
    tell_of_remedy(services, late, Remedy::adopt);
    count_outcome(services, late.attempt, Outcome::approved);
    co_return Standing{.payment = step.payment, .result = result_of(step, Outcome::approved), .is_ours = true};
}

// Nobody else may know of it: it is looked at again when what holds the amount has ended.
Task<void> come_back(const Services& services, Verdict late) {
    tell_of_late_success(services, late, "something open stands in its way: looked at again");
    co_await watch_again(services, late.attempt);
}

}  // namespace

Task<Standing> settle_late(const Services& services, Verdict late, store::StoredOperation stored) {
    // A person's word shows no success: it stands only where it came first.
    if (late.is_word || late.judgement.outcome != Outcome::approved) co_return standing_of(std::move(stored));
    const auto* step = payments::saga_step(late.attempt.kind);
    FLORIN_ASSERT(step != nullptr);
    const auto deadline = Deadline::after(services.options.late_waits);
    for (bool is_first = true; is_first || !deadline.passed(); is_first = false) {
        const bool is_one = happens_once(stored.payment, *step);
        if (is_one) late.attempt.number = stored.attempt.number;
        // While it is open its own look settles it.
        if (!stored.result && stored.attempt.number == late.attempt.number) co_return standing_of(std::move(stored));
        const bool booked = co_await is_booked(services, late, stored, Deadline::after(kStoreWithin));
        if (booked) co_return standing_of(std::move(stored));
        auto place = place_of(stored, late);
        const auto remedy = step->in(place.situation);
        if (place.is_busy) {
            co_await pause(services.executor, kBusyPause);
        } else if (remedy == Remedy::adopt) {
            auto adopted = co_await adopt(services, std::move(*place.candidate));
            if (adopted && adopted->is_ours) co_return std::move(*adopted);
            if (adopted) co_return standing_of(std::move(stored));
        } else {
            late.payment = stored.payment;
            const bool is_answered = co_await answer_late_success(services, late, remedy);
            if (is_answered) co_return standing_of(std::move(stored));
        }
        auto again = co_await services.store.find_operation(late.attempt.payment, late.attempt.operation,
                                                            Deadline::after(kStoreWithin));
        if (!again) break;
        stored = std::move(*again);
    }
    co_await come_back(services, std::move(late));
    auto standing = standing_of(std::move(stored));
    standing.comes_back = true;
    co_return standing;
}

}  // namespace florin::flow
