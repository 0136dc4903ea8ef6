#include "flow/adopt.hpp"

#include "base/fail_point.hpp"
#include "flow/deadlines.hpp"
#include "flow/operation_plan.hpp"
#include "flow/settle_open.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kReadWithin{5'000};

}  // namespace

Task<std::optional<Standing>> adopt(const Services& services, OperationId operation, ledger::PspAccount name) {
    const auto* account = services.psps.find(name);
    if (account == nullptr) co_return std::nullopt;
    const auto deadlines = Deadlines::from_now(services.options);
    const auto& rules = account->psp->rules();
    FLORIN_FAIL_POINT("before_adopting_take");
    auto taken = co_await services.store.take(operation, ages_of(rules),
                                              durations_of(services.options, payments::OperationKind::sale, rules),
                                              deadlines.commit);
    // The last attempt of a creation may have been opened meanwhile, at another account.
    if (!taken || account_of(taken->attempt) != name) co_return std::nullopt;
    FLORIN_FAIL_POINT("after_adopting_take");
    co_return co_await settle_open(services, OpenWork{.account = *account, .call = deadlines.call}, std::move(*taken));
}

Task<void> settle_what_is_due(const Services& services, PaymentId payment) {
    const auto open = co_await services.store.open_of(payment, Deadline::after(kReadWithin));
    for (const auto& one : open) {
        if (one.is_due) co_await adopt(services, one.operation, one.account);
    }
}

}  // namespace florin::flow
