#include "flow/look.hpp"

#include <algorithm>

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
    const bool is_fenced = taken.fenced_at && rules.stores_errors;
    // What the PSP's store answered was made before; that it may show late is no reason for a later time of creation,
    // and a margin costs little.
    const auto to = is_fenced ? *taken.fenced_at + rules.read_lag : taken.send_until + rules.longest_request;
    return {.from = taken.recorded_at, .to = to};
}

psp::LookUp look_up_of(const std::vector<store::Taken>& all, const psp::Rules& rules) {
    auto window = window_of(all.front(), rules);
    std::vector<psp::Call> calls;
    for (const auto& taken : all) {
        const auto one = window_of(taken, rules);
        window = {.from = std::min(window.from, one.from), .to = std::max(window.to, one.to)};
        calls.push_back(call_of(taken.payment, taken.attempt));
    }
    return {.from = window.from, .to = window.to, .calls = std::move(calls)};
}

Task<Sighting> look_at_psp(OpenWork work, store::Taken taken, std::optional<std::string> reference) {
    auto& psp = *work.account.psp;
    auto call = call_of(taken.payment, taken.attempt);
    if (!reference) reference = taken.psp_reference;
    if (reference && creates_object(taken.attempt.kind)) {
        co_return sighting_of(co_await send_read(psp, *reference, std::move(call), work.call));
    }
    const std::vector<store::Taken> one{taken};
    auto sweep = co_await send_look_up(psp, look_up_of(one, psp.rules()), work.call);
    Sighting seen;
    seen.evidence = sweep.evidence;
    const auto found = sweep.found.find(psp::idempotency_key(taken.attempt.operation, taken.attempt.number));
    if (found != sweep.found.end()) co_return sighting_of(std::move(found->second));
    seen.absent = sweep.complete;
    seen.absence_proves = is_past_fence(taken, psp.rules());
    co_return seen;
}

}  // namespace florin::flow
