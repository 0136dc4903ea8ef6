#include "flow/psp_events.hpp"

#include <exception>
#include <map>

#include "base/fail_point.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kTick{500};
constexpr Milliseconds kTickWhileMore{5};
constexpr Milliseconds kTickWhileBusy{50};
constexpr Milliseconds kWithin{10'000};
constexpr std::size_t kBatch = 256;
constexpr std::size_t kMostWaiting = 256;
constexpr std::size_t kAtOnce = 20;  // payments of one account that are looked into at the same time

void log_failure(const std::exception& error) {
    observe::log(observe::Level::error, "worker.failed", {{"what", "psp_events"}, {"why", error.what()}});
}

store::EventEnd handed_back(const store::TakenEvent& taken) {
    return {.event = taken.event,
            .generation = taken.generation,
            .end = store::Again{.next_try = Milliseconds{0}, .why = "handed back"}};
}

}  // namespace

PspEvents::PspEvents(const Services& services, const PspAccount& account)
    : services_(services), account_(account), crew_(services.executor, kAtOnce, "psp_events") {}

std::size_t PspEvents::waiting() const {
    std::size_t count = 0;
    for (const auto& group : groups_) count += group.size();
    return count;
}

// What is still to be looked into is handed back, so that it need not wait for the end of its lease.
Task<void> PspEvents::finish() {
    std::vector<store::EventEnd> ends;
    for (auto& group : groups_) {
        for (auto& event : group) ends.push_back(handed_back(event.taken));
    }
    groups_.clear();
    try {
        if (!ends.empty()) {
            co_await services_.store.psp_events().finish(account_.account, std::move(ends), Deadline::after(kWithin));
        }
    } catch (const std::exception& error) {
        log_failure(error);
    }
    co_await crew_.finish();
}

Task<Milliseconds> PspEvents::pass() {
    start_groups();
    std::size_t taken = 0;
    try {
        if (waiting() < kMostWaiting) taken = co_await take();
    } catch (const std::exception& error) {
        log_failure(error);
    }
    start_groups();
    if (taken == kBatch) co_return kTickWhileMore;
    co_return groups_.empty() ? kTick : kTickWhileBusy;
}

void PspEvents::start_groups() {
    while (!groups_.empty() && !crew_.is_full()) {
        crew_.start(work_off(services_, account_, std::move(groups_.front())));
        groups_.pop_front();
    }
}

Task<std::size_t> PspEvents::take() {
    const auto until = Deadline::after(services_.options.lease);
    auto taken = co_await services_.store.psp_events().take(account_.account, services_.options.lease,
                                                            static_cast<int>(kBatch), Deadline::after(kWithin));
    if (!taken.events.empty()) FLORIN_FAIL_POINT("event_after_take");
    for (const auto& event : taken.parked)
        tell_parked(services_, account_, event, "taken again and again, never ended");
    const auto count = taken.events.size();
    std::vector<store::EventEnd> ends;
    std::vector<EventInHand> events;
    for (auto& one : taken.events) {
        auto read = read_event(account_, one);
        if (auto* end = std::get_if<EventEnd>(&read)) {
            ends.push_back(told(services_, account_, one, std::move(*end)));
        } else {
            auto& subject = std::get<psp::Subject>(read);
            events.push_back({.taken = std::move(one), .subject = std::move(subject), .until = until});
        }
    }
    if (!ends.empty())
        co_await services_.store.psp_events().finish(account_.account, std::move(ends), Deadline::after(kWithin));
    co_await sort(std::move(events));
    co_return count;
}

Task<void> PspEvents::sort(std::vector<EventInHand> events) {
    auto known = co_await find_subjects(services_, account_, events);
    std::vector<store::EventEnd> ends;
    std::map<PaymentId, Group> groups;
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto& event = events[i];
        auto end = end_without_look(state_of(account_, event, known[i]));
        if (end)
            ends.push_back(told(services_, account_, event.taken, std::move(*end)));
        else
            groups[known[i]->id].push_back(std::move(event));
    }
    for (auto& [payment, group] : groups) groups_.push_back(std::move(group));
    if (ends.empty()) co_return;
    FLORIN_FAIL_POINT("event_before_finish");
    co_await services_.store.psp_events().finish(account_.account, std::move(ends), Deadline::after(kWithin));
    FLORIN_FAIL_POINT("event_after_finish");
}

}  // namespace florin::flow
