#include "flow/event_work.hpp"

#include <algorithm>
#include <exception>

#include "base/fail_point.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using observe::Level;

constexpr Milliseconds kWithin{10'000};
constexpr Milliseconds kForCommits{5'000};
constexpr Milliseconds kShortestCall{1'000};

// Charges have names that nobody claims; their payment's object stands for them.
store::EventNames names_of(const psp::Subject& subject) {
    return {.payment = subject.payment,
            .operation = subject.operation,
            .attempt = subject.attempt,
            .reference = is_refund(subject) ? subject.reference : subject.payment_reference,
            .payment_reference = subject.payment_reference};
}

Task<EventState> current_state(const Services& services, const PspAccount& account, const EventInHand& event,
                               std::optional<store::KnownPayment>& known) {
    const std::vector<EventInHand> one{event};
    auto found = co_await find_subjects(services, account, one);
    known = std::move(found.front());
    co_return state_of(account, event, known);
}

// What the PSP is given of the time in which the event is ours alone; the rest is for the commits after it. Empty when
// a slow PSP has let it run out.
std::optional<Deadline> call_deadline(const EventInHand& event, const FlowOptions& options) {
    const auto left = event.until.remaining() - kForCommits;
    if (left < kShortestCall) return std::nullopt;
    return Deadline::after(std::min(left, options.psp_deadline));
}

Task<EventEnd> end_of(const Services& services, const PspAccount& account, EventInHand event) {
    const auto tries = event.taken.tries;
    std::string failure;
    try {
        std::optional<store::KnownPayment> known;
        auto state = co_await current_state(services, account, event, known);
        if (auto end = end_without_look(state)) co_return std::move(*end);
        const auto call = call_deadline(event, services.options);
        if (!call) co_return end_of_failure(tries, "the PSP is slow");
        const auto look = co_await look_again(services, account, event.subject, *known, *call);
        state = co_await current_state(services, account, event, known);
        co_return end_after_look(state, look);
    } catch (const std::exception& error) {
        failure = error.what();
    }
    co_return end_of_failure(tries, failure);
}

}  // namespace

std::variant<psp::Subject, EventEnd> read_event(const PspAccount& account, const store::TakenEvent& taken) {
    if (taken.body.empty()) return EventEnd(store::Parked{"its text was dropped with its month"});
    auto event = account.psp->read_event(taken.body);
    if (!event) return EventEnd(store::Parked{"cannot be read: " + event.error().detail});
    const bool says_something = event->subject && event->subject->says != psp::Says::other;
    if (!says_something) return EventEnd(store::Handled{kIgnored});
    return std::move(*event->subject);
}

Task<std::vector<std::optional<store::KnownPayment>>> find_subjects(const Services& services, const PspAccount& account,
                                                                    const std::vector<EventInHand>& events) {
    std::vector<store::EventNames> names;
    names.reserve(events.size());
    for (const auto& event : events) names.push_back(names_of(event.subject));
    co_return co_await services.store.find_subjects(account.account.psp, std::move(names), Deadline::after(kWithin));
}

EventState state_of(const PspAccount& account, const EventInHand& event,
                    const std::optional<store::KnownPayment>& known) {
    EventState state{.decision = decide(event.subject, known ? &*known : nullptr, account.account),
                     .tries = event.taken.tries};
    if (known) state.amount_contradiction = amount_contradiction(event.subject, *known);
    return state;
}

Task<void> work_off(const Services& services, const PspAccount& account, std::vector<EventInHand> events) {
    for (auto& event : events) {
        auto end = co_await end_of(services, account, event);
        std::vector<store::EventEnd> ends;
        ends.push_back(told(services, account, event.taken, std::move(end)));
        FLORIN_FAIL_POINT("event_before_finish");
        co_await services.store.psp_events().finish(account.account, std::move(ends), Deadline::after(kWithin));
        FLORIN_FAIL_POINT("event_after_finish");
    }
}

void tell_parked(const Services& services, const PspAccount& account, const std::string& event, std::string_view why) {
    observe::log(Level::error, "psp_event.parked",
                 {{"psp", account.account.psp}, {"account", account.account.name}, {"event", event}, {"why", why}});
    services.metrics.psp_event(account.account.psp, "parked");
    services.metrics.psp_alert(account.account.psp, "event_parked");
}

store::EventEnd told(const Services& services, const PspAccount& account, const store::TakenEvent& taken,
                     EventEnd end) {
    const auto& psp = account.account.psp;
    if (const auto* handled = std::get_if<store::Handled>(&end)) {
        const bool is_news = handled->what != kNoChange && handled->what != kIgnored;
        observe::log(is_news ? Level::info : Level::debug, "psp_event.handled",
                     {{"psp", psp}, {"event", taken.event}, {"type", taken.type}, {"what", handled->what}});
        services.metrics.psp_event(psp, handled->what);
    } else if (const auto* again = std::get_if<store::Again>(&end)) {
        observe::log(Level::info, "psp_event.waits",
                     {{"psp", psp}, {"event", taken.event}, {"tries", taken.tries}, {"why", again->why}});
        services.metrics.psp_event(psp, "again");
    } else {
        tell_parked(services, account, taken.event, std::get<store::Parked>(end).why);
    }
    return {.event = taken.event, .generation = taken.generation, .end = std::move(end)};
}

}  // namespace florin::flow
