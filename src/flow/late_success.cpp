#include "flow/late_success.hpp"

#include <algorithm>

#include "base/fail_point.hpp"
#include "flow/operation_plan.hpp"
#include "flow/settlement.hpp"
#include "flow/signal.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;
using payments::Outcome;

constexpr Milliseconds kBusyPause{100};
constexpr Milliseconds kBusyFor{15'000};
constexpr Milliseconds kStoreWithin{5'000};

bool can_adopt(const store::StoredOperation& stored, const Verdict& late) {
    return stored.attempt.number == late.attempt.number && stored.result &&
           stored.result->outcome == Outcome::not_executed;
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
    // A release is one however often it is asked for, and so is the capture of what the PSP captures once only.
    const bool happens_once = late.attempt.kind != OperationKind::capture || !stored.payment.multiple_captures;
    co_return happens_once || stored.attempt.number == late.attempt.number;
}

// The success as it is adopted, or what stands against it.
using Candidate = std::variant<Verdict, payments::Busy, payments::Refused>;

Candidate candidate_of(const store::StoredOperation& stored, Verdict late) {
    late.payment = stored.payment;
    if (payments::creates_payment(late.attempt.kind)) return late;
    auto decision = payments::reserve_again(stored.payment, late.attempt);
    if (auto* busy = std::get_if<payments::Busy>(&decision)) return std::move(*busy);
    if (auto* refused = std::get_if<payments::Refused>(&decision)) return std::move(*refused);
    auto& reserved = std::get<payments::Reserved>(decision);
    late.payment = std::move(reserved.payment);
    late.payment.version = stored.payment.version;  // reserved and settled in one commit
    late.attempt.amount = reserved.amount;
    late.attempt.parameters = std::move(reserved.parameters);
    return late;
}

store::Adoption adoption_of(const Services& services, Verdict late) {
    const auto late_attempt = late.attempt.number;
    // The number that was read plus one, never the largest plus one: a merchant's repeat may have opened it meanwhile.
    late.attempt.number = static_cast<std::int16_t>(late_attempt + 1);
    late.attempt.actor = late.actor;
    return {.settlement = settlement_of(services, late, false), .late_attempt = late_attempt};
}

Standing standing_of(store::StoredOperation stored) {
    return {.payment = std::move(stored.payment), .result = std::move(stored.result)};
}

void announce(const Services& services, const Verdict& late, std::string_view what) {
    observe::log(observe::Level::error, "payment.late_success",
                 {{"payment", to_string(late.payment.id)},
                  {"operation", to_string(late.attempt.operation)},
                  {"kind", payments::to_string(late.attempt.kind)},
                  {"attempt", late.attempt.number},
                  {"amount", late.attempt.amount.minor_units()},
                  {"currency", late.attempt.amount.currency().code()},
                  {"psp_reference", late.judgement.psp_reference.value_or("")},
                  {"what", what}});
    services.metrics.psp_alert(late.attempt.psp, "late_success");
}

}  // namespace

Task<Standing> settle_late(const Services& services, Verdict late, store::StoredOperation stored) {
    if (late.judgement.outcome != Outcome::approved) co_return standing_of(std::move(stored));
    // Nobody else knows of it any more: what holds the amount is waited for longer than a commit.
    const auto deadline = Deadline::after(kBusyFor);
    while (can_adopt(stored, late) && !deadline.passed()) {
        auto candidate = candidate_of(stored, late);
        if (std::holds_alternative<payments::Refused>(candidate)) break;
        if (auto* adopted = std::get_if<Verdict>(&candidate)) {
            auto adoption = adoption_of(services, std::move(*adopted));
            auto step = adoption.settlement.step;
            FLORIN_FAIL_POINT("before_adoption_commit");
            const auto result = co_await services.store.commit(std::move(adoption), Deadline::after(kStoreWithin));
            FLORIN_FAIL_POINT("after_adoption_commit");
            if (result == store::SettlementResult::won) {
                announce(services, late, "adopted as the next attempt");
                count_outcome(services, late.attempt, Outcome::approved);
                co_return Standing{
                    .payment = step.payment, .result = result_of(step, Outcome::approved), .is_ours = true};
            }
            if (result == store::SettlementResult::reference_taken) break;
        } else {
            co_await pause(services.executor, kBusyPause);
        }
        auto again = co_await services.store.find_operation(late.attempt.payment, late.attempt.operation,
                                                            Deadline::after(kStoreWithin));
        if (!again) break;
        stored = std::move(*again);
    }
    // Adopted by somebody else meanwhile: it stands once and is booked once.
    const bool booked = co_await is_booked(services, late, stored, Deadline::after(kStoreWithin));
    if (!booked) announce(services, late, "stands at the PSP beside what is stored: compensate it");
    co_return standing_of(std::move(stored));
}

}  // namespace florin::flow
