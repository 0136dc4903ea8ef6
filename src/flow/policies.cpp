#include "flow/policies.hpp"

#include "flow/own_operation.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;

constexpr Milliseconds kTick{30'000};  // hours are what a policy counts in
constexpr Milliseconds kTickWhileMore{1'000};
constexpr Milliseconds kLookAgain{10 * 60'000};  // where another operation is open, or the PSP could not be asked
constexpr Milliseconds kWithin{10'000};
constexpr std::size_t kAtOnce = 10;

OperationKind kind_of(store::BeforeExpiry action) {
    return action == store::BeforeExpiry::capture ? OperationKind::capture : OperationKind::void_;
}

Task<void> follow(const Services& services, const PspAccount& account, store::PolicyDue due) {
    const auto kind = kind_of(due.action);
    if (co_await was_refused(services, due.payment.id, kind, kPolicyActor)) co_return;
    observe::log(observe::Level::info, "policy.before_expiry",
                 {{"payment", to_string(due.payment.id)}, {"kind", payments::to_string(kind)}});
    co_await begin_own(services, account, std::move(due.payment), {.kind = kind}, kPolicyActor);
}

Task<std::size_t> take(const Services& services, const PspAccount& account, Crew& crew) {
    auto due = co_await services.store.take_policies(account.account, kLookAgain, static_cast<int>(crew.room()),
                                                     Deadline::after(kWithin));
    for (auto& one : due) crew.start(follow(services, account, std::move(one)));
    co_return due.size();
}

}  // namespace

const Duty kPolicies{.name = "policies",
                     .queue = "held_authorizations",
                     .at_once = kAtOnce,
                     .pause = kTick,
                     .pause_while_more = kTickWhileMore,
                     .take = take};

}  // namespace florin::flow
