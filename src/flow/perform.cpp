#include "flow/perform.hpp"

#include "base/assert.hpp"
#include "base/fail_point.hpp"
#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

void tell_recorded(const payments::Attempt& attempt) {
    observe::log(observe::Level::debug, "operation.recorded",
                 {{"request", to_string(attempt.request)},
                  {"payment", to_string(attempt.payment)},
                  {"operation", to_string(attempt.operation)},
                  {"attempt", attempt.number},
                  {"kind", payments::to_string(attempt.kind)}});
}

}  // namespace

// The one place where a refusal can prove not_executed (rule 5).
Task<std::optional<Standing>> perform(const Services& services, Opened opened) {
    const auto* account = services.psps.find(account_of(opened.attempt));
    FLORIN_ASSERT(account != nullptr);
    tell_recorded(opened.attempt);
    FLORIN_FAIL_POINT("before_psp_call");
    auto call = call_of(opened.payment, opened.attempt);
    const auto answer = co_await send_execute(*account->psp, std::move(call), opened.deadlines.call);
    FLORIN_FAIL_POINT("after_psp_answer");
    auto verdict = verdict_of(std::move(opened.payment), std::move(opened.attempt), answer, true);
    verdict.actor = verdict.attempt.actor;
    verdict.platform_fee = opened.platform_fee;
    FLORIN_FAIL_POINT("before_outcome_commit");
    auto standing = co_await settle_until(services, std::move(verdict), opened.deadlines.lease);
    FLORIN_FAIL_POINT("after_outcome_commit");
    co_return standing;
}

}  // namespace florin::flow
