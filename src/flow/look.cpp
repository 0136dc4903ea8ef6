#include "flow/look.hpp"

#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"

namespace florin::flow {
namespace {

Sighting sighting_of(psp::Answer answer) {
    Sighting seen;
    seen.evidence = answer.evidence;
    const bool is_unclear = answer.kind == psp::Answer::Kind::unclear;
    // An alert without an object is about the credentials.
    seen.contradicts = is_unclear && answer.alert && answer.http_status == 200;
    const bool names_object = answer.reference.has_value() && !answer.alert;
    if (!is_unclear || names_object) seen.answer = std::move(answer);
    return seen;
}

}  // namespace

Window window_of(const store::Taken& taken, const psp::Rules& rules) {
    return {.from = taken.recorded_at, .to = taken.send_until + rules.longest_request};
}

Task<Sighting> look_at_psp(OpenWork work, store::Taken taken, std::optional<std::string> reference) {
    auto& psp = *work.account.psp;
    auto call = call_of(taken.payment, taken.attempt);
    if (!reference) reference = taken.psp_reference;
    if (reference && creates_object(taken.attempt.kind)) {
        co_return sighting_of(co_await send_read(psp, *reference, std::move(call), work.call));
    }
    const auto window = window_of(taken, psp.rules());
    std::vector<psp::Call> calls;
    calls.push_back(std::move(call));
    auto sweep = co_await send_look_up(psp, window.from, window.to, std::move(calls), work.call);
    Sighting seen;
    seen.evidence = sweep.evidence;
    const auto found = sweep.found.find(psp::idempotency_key(taken.attempt.operation, taken.attempt.number));
    if (found != sweep.found.end()) co_return sighting_of(std::move(found->second));
    seen.absent = sweep.complete;
    seen.absence_proves = taken.absence_proves || (taken.fenced && psp.rules().stores_errors);
    co_return seen;
}

}  // namespace florin::flow
