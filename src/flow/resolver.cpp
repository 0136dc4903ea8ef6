#include "flow/resolver.hpp"

#include "base/fail_point.hpp"
#include "flow/look_up_groups.hpp"
#include "flow/operation_plan.hpp"
#include "flow/settle_open.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kTickWhileMore{50};
constexpr Milliseconds kTakeWithin{10'000};
constexpr std::size_t kAtOnce = 50;  // operations of one account at the PSP at the same time

Task<void> ask(const Services& services, OpenWork work, store::Taken taken, StepKind step) {
    co_await settle_by_asking(services, work, std::move(taken), step);
}

Task<void> look_up(const Services& services, OpenWork work, std::vector<store::Taken> group) {
    co_await settle_by_look_up(services, work, std::move(group));
}

}  // namespace

Resolver::Resolver(const Services& services, const PspAccount& account)
    : services_(services), account_(account), crew_(services.executor, kAtOnce, "resolver") {}

Task<Milliseconds> Resolver::pass() {
    const auto taken = co_await crew_.fill([this] { return take(); });
    // A full taking means that more is due: the next one follows as soon as there is room.
    co_return taken == kAtOnce ? kTickWhileMore : kTick;
}

Task<std::size_t> Resolver::take() {
    const auto& rules = account_.psp->rules();
    const OpenWork work{.account = account_, .call = Deadline::after(services_.options.psp_deadline)};  // rule 12
    auto all = co_await services_.store.take_due(account_.account, ages_of(rules),
                                                 durations_of(services_.options, payments::OperationKind::sale, rules),
                                                 static_cast<int>(crew_.room()), Deadline::after(kTakeWithin));
    const auto count = all.size();
    if (count > 0) FLORIN_FAIL_POINT("resolver_after_take");
    std::vector<store::Taken> look_ups;
    for (auto& taken : all) {
        const auto step = next_step(taken, rules, services_.options.abandon_after);
        if (step.kind == StepKind::look_up)
            look_ups.push_back(std::move(taken));
        else
            crew_.start(ask(services_, work, std::move(taken), step.kind));
    }
    for (auto& group : look_up_groups(std::move(look_ups))) {
        const auto size = group.size();
        crew_.start(look_up(services_, work, std::move(group)), size);
    }
    co_return count;
}

}  // namespace florin::flow
