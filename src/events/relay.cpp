#include "events/relay.hpp"

#include <algorithm>
#include <exception>
#include <map>

#include "base/fail_point.hpp"
#include "events/order.hpp"
#include "observe/log.hpp"

namespace florin::events {
namespace {

constexpr Milliseconds kWithin{10'000};
constexpr Milliseconds kTroubled{1'000};

store::Relayed next_step(store::Outbox outbox, WallTime now) {
    auto ordered = in_order(std::move(outbox.links));
    store::Relayed relayed{.from = outbox.position, .to = outbox.position, .events = {}, .cursors = {}};
    relayed.events = numbered(std::move(ordered.events), relayed.to, now);
    relayed.cursors = std::move(ordered.cursors);
    // Also a pass without events is one that no other may make.
    if (relayed.events.empty()) ++relayed.to;
    return relayed;
}

// Whether of some writer there may be more.
bool is_full(const store::Outbox& outbox, int links) {
    std::map<std::int16_t, int> counts;
    for (const auto& link : outbox.links) ++counts[link.writer];
    return std::ranges::any_of(counts, [links](const auto& count) { return count.second >= links; });
}

}  // namespace

Relay::Relay(store::Events& events, const Clock& clock, observe::Metrics& metrics, RelayOptions options)
    : events_(events), clock_(clock), metrics_(metrics), options_(options) {}

Task<Pass> Relay::relay_once() {
    auto outbox = co_await events_.outbox(options_.links, Deadline::after(kWithin));
    if (outbox.links.empty()) co_return Pass::nothing;
    const bool is_cut_off = is_full(outbox, options_.links);
    auto relayed = next_step(std::move(outbox), clock_.now());
    if (relayed.cursors.empty()) {
        observe::log(observe::Level::error, "relay.stands",
                     {{"why", "an event is missing before each that is linked"}});
        co_return Pass::nothing;
    }
    const auto count = relayed.events.size();
    FLORIN_FAIL_POINT("relay_before_commit");
    const bool is_ours = co_await events_.relay(std::move(relayed), Deadline::after(kWithin));
    FLORIN_FAIL_POINT("relay_after_commit");
    if (!is_ours) co_return Pass::lost;
    metrics_.events_relayed(count);
    co_return is_cut_off ? Pass::more : Pass::all;
}

Task<Milliseconds> Relay::pass() {
    try {
        const Pass pass = co_await relay_once();
        co_return pass == Pass::more ? Milliseconds{0} : options_.pause;
    } catch (const std::exception& error) {
        observe::log(observe::Level::error, "worker.failed", {{"what", "relay"}, {"why", error.what()}});
    }
    co_return kTroubled;
}

}  // namespace florin::events
