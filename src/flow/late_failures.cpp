#include "flow/late_failures.hpp"

#include <algorithm>

#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"
#include "flow/reversal.hpp"
#include "flow/settlement.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kLookAgain{10 * 60'000};
constexpr Milliseconds kWithin{10'000};
constexpr std::size_t kAtOnce = 10;

Task<void> look(const Services& services, const PspAccount& account, store::Watched watched) {
    const auto call = call_of(watched.payment, watched.attempt);
    const auto answer =
        co_await send_read(*account.psp, watched.psp_reference, call, Deadline::after(services.options.psp_deadline));
    const auto judgement = psp::judge(answer, false);
    const auto operation = watched.attempt.operation;
    // Where the PSP gave no clear answer, or something open stands in the way of the reversal.
    std::optional<Milliseconds> next = kLookAgain;
    if (judgement.outcome == Outcome::approved) {
        const auto* looks = looks_of(account.psp->rules(), watched.attempt.kind);
        next = looks == nullptr ? std::nullopt : next_look(*looks, watched.age);
    } else if (judgement.outcome == Outcome::declined) {
        co_await record_failure(services, std::move(watched), judgement, answer.evidence);
    }
    co_await services.store.move_watch(operation, next, Deadline::after(kWithin));
}

}  // namespace

std::optional<Milliseconds> next_look(const std::vector<Milliseconds>& looks, Milliseconds age) {
    const auto next = std::ranges::upper_bound(looks, age);
    return next == looks.end() ? std::nullopt : std::optional(*next - age);
}

LateFailures::LateFailures(const Services& services, const PspAccount& account)
    : services_(services), account_(account), crew_(services.executor, kAtOnce, "late_failures") {}

Task<Milliseconds> LateFailures::pass() {
    co_await crew_.fill([this] { return take(); });
    co_return kTick;
}

Task<std::size_t> LateFailures::take() {
    auto due = co_await services_.store.take_watched(account_.account, services_.options.lease,
                                                     static_cast<int>(crew_.room()), Deadline::after(kWithin));
    for (auto& watched : due) crew_.start(look(services_, account_, std::move(watched)));
    co_return due.size();
}

}  // namespace florin::flow
