#include "flow/event_end.hpp"

#include <algorithm>

namespace florin::flow {
namespace {

constexpr std::int32_t kMostTries = 16;    // about five hours
constexpr std::int32_t kTriesUnknown = 6;  // about half a minute: its reference may be claimed by what is under way
constexpr std::int32_t kTriesUnshown = 5;  // past the read lag
constexpr Milliseconds kSecond{1'000};
constexpr Milliseconds kHour{3'600'000};

EventEnd again(std::int32_t tries, std::string why) {
    return store::Again{.next_try = pause_before_try(tries), .why = std::move(why)};
}

EventEnd again_or_park(std::int32_t tries, std::int32_t most, std::string why) {
    if (tries < most) return again(tries, std::move(why));
    return store::Parked{std::move(why)};
}

}  // namespace

Milliseconds pause_before_try(std::int32_t tries) {
    const auto doublings = std::clamp(tries - 1, 0, 20);
    return std::min(kSecond * (std::int64_t{1} << doublings), kHour);
}

EventEnd end_of_failure(std::int32_t tries, std::string why) {
    return again_or_park(tries, kMostTries, std::move(why));
}

std::optional<EventEnd> end_without_look(const EventState& state) {
    const auto& decision = state.decision;
    switch (decision.step) {
        case EventStep::nothing:
            if (!state.amount_contradiction.empty()) return store::Parked{state.amount_contradiction};
            return store::Handled{kNoChange};
        case EventStep::wait:
            if (state.tries > 1) return std::nullopt;
            return again(state.tries, decision.why);
        case EventStep::look:
            return std::nullopt;
        case EventStep::unknown:
            return again_or_park(state.tries, kTriesUnknown, decision.why);
        case EventStep::park:
            return store::Parked{decision.why};
    }
    return std::nullopt;
}

EventEnd end_after_look(const EventState& state, const EventLook& look) {
    if (!state.amount_contradiction.empty()) {
        return store::Parked{state.amount_contradiction + "; the object: " + look.evidence};
    }
    const bool is_settled = state.decision.step == EventStep::nothing || look.done == kExpiryDue;
    if (is_settled) return store::Handled{look.done.empty() ? kNoChange : look.done};
    if (!look.contradiction.empty()) return store::Parked{look.contradiction};
    if (!look.is_clear || !look.done.empty()) {
        return again_or_park(state.tries, kMostTries, state.decision.why + ": " + look.evidence);
    }
    if (state.tries < kTriesUnshown) return again(state.tries, state.decision.why + ": " + look.evidence);
    // The event contradicts the books, and there is nothing to ask the PSP about.
    if (!look.has_read) return store::Parked{state.decision.why};
    return store::Handled{kLeftOpen};
}

}  // namespace florin::flow
