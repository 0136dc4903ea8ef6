#include "flow/look.hpp"

#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"

namespace florin::flow {

Window window_of(const store::Taken& taken, const psp::Rules& rules) {
    return {.from = taken.recorded_at, .to = taken.send_until + rules.longest_request};
}

Task<Sighting> look_at_psp(OpenWork work, store::Taken taken, std::optional<std::string> reference) {
    auto& psp = *work.account.psp;
    auto call = call_of(taken.payment, taken.attempt);
    if (!reference) reference = taken.psp_reference;
    Sighting seen;
    if (reference && creates_object(taken.attempt.kind)) {
        auto answer = co_await send_read(psp, *reference, std::move(call), work.call);
        seen.evidence = answer.evidence;
        // An answer that contradicts the request speaks of something else.
        const bool speaks = answer.kind != psp::Answer::Kind::unclear && !answer.alert;
        if (speaks) seen.answer = std::move(answer);
        co_return seen;
    }
    const auto window = window_of(taken, psp.rules());
    std::vector<psp::Call> calls;
    calls.push_back(std::move(call));
    auto sweep = co_await send_look_up(psp, window.from, window.to, std::move(calls), work.call);
    seen.evidence = sweep.evidence;
    const auto found = sweep.found.find(psp::idempotency_key(taken.attempt.operation, taken.attempt.number));
    if (found != sweep.found.end()) {
        seen.evidence = found->second.evidence;
        if (!found->second.alert) seen.answer = std::move(found->second);
        co_return seen;
    }
    seen.absent = sweep.complete;
    seen.absence_proves = taken.absence_proves || (taken.fenced && psp.rules().stores_errors);
    co_return seen;
}

}  // namespace florin::flow
