#include "flow/next_step.hpp"

#include <algorithm>

#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kSecond{1'000};
constexpr Milliseconds kMinute{60'000};
constexpr Milliseconds kHour{3'600'000};
constexpr std::int32_t kLookUpEvery = 3;
constexpr std::int32_t kQuickTries = 6;    // 1 + 2 + 4 + 8 + 16 + 32 s: about a minute
constexpr std::int32_t kMinuteTries = 60;  // about an hour

}  // namespace

std::string_view to_string(StepKind kind) {
    switch (kind) {
        case StepKind::read_object:
            return "read_object";
        case StepKind::abandon:
            return "abandon";
        case StepKind::repeat:
            return "repeat";
        case StepKind::look_up:
            return "look_up";
    }
    return "";
}

bool is_past_fence(const store::Taken& taken, const psp::Rules& rules) {
    return taken.absence_proves || (taken.fenced_at && rules.stores_errors);
}

NextStep next_step(const store::Taken& taken, const psp::Rules& rules, Milliseconds abandon_after) {
    // A capture or a release acts on the payment's own object, whose name says nothing of whether it was done.
    if (taken.psp_reference && creates_object(taken.attempt.kind)) {
        const bool waits_for_payer =
            payments::creates_payment(taken.attempt.kind) && taken.payment.status == payments::Status::requires_action;
        if (waits_for_payer) return {.kind = taken.age > abandon_after ? StepKind::abandon : StepKind::read_object};
        // The name may be wrong, so the list is asked from time to time; beside a name absence proves nothing.
        return {.kind = taken.tries % kLookUpEvery == 0 ? StepKind::look_up : StepKind::read_object};
    }
    if (is_past_fence(taken, rules)) return {.kind = StepKind::look_up, .absence_proves = true};
    if (taken.may_send && rules.repeats_are_safe() && !taken.parked) return {.kind = StepKind::repeat};
    return {.kind = StepKind::look_up};
}

Milliseconds pause_before_next(std::int32_t tries) {
    const auto done = std::max(tries, 1) - 1;
    if (done < kQuickTries) return kSecond * (1 << done);
    if (done < kQuickTries + kMinuteTries) return kMinute;
    const auto doublings = std::min(done - kQuickTries - kMinuteTries + 1, 6);
    return std::min(kMinute * (1 << doublings), kHour);
}

bool is_parked_after(std::int32_t tries) {
    return pause_before_next(tries) == kHour;
}

std::string_view reason_of(const NextStep& step, const store::Taken& taken) {
    switch (step.kind) {
        case StepKind::read_object:
            return taken.payment.status == payments::Status::requires_action
                       ? "the payer must act: the PSP's object says when that is done"
                       : "the PSP has named its object: it is read";
        case StepKind::abandon:
            return "the payer never acted: the PSP is told to cancel it, and what it then says is booked";
        case StepKind::repeat:
            return "the same call under the same key: the PSP executes it once, or says what it did";
        case StepKind::look_up:
            return step.absence_proves ? "past a fence: a whole look-up that finds nothing proves not_executed"
                                       : "a look-up: what it finds counts, finding nothing proves nothing yet";
    }
    return "";
}

}  // namespace florin::flow
