// The whole life of an attempt: one table, read by the compiler. What is not listed is refused. `open` is durable: the
// intent is committed and the PSP may know of it. An attempt that ended never changes again.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "payments/outcome.hpp"

namespace florin::payments {

enum class AttemptState : std::uint8_t {
    open,             // no answer yet
    unknown,          // no clear answer: nothing is assumed
    action_required,  // the payer must act
    processing,       // the PSP works on it
    succeeded,
    declined,
    not_executed,
};
std::string_view to_string(AttemptState state);

struct AttemptTransition {
    AttemptState from;
    Outcome outcome;
    AttemptState to;
};

inline constexpr auto kAttemptLife = std::to_array<AttemptTransition>({
    {AttemptState::open, Outcome::approved, AttemptState::succeeded},
    {AttemptState::open, Outcome::declined, AttemptState::declined},
    {AttemptState::open, Outcome::not_executed,
     AttemptState::not_executed},  // protocol rule 5: the first and only call
    {AttemptState::open, Outcome::action_required, AttemptState::action_required},
    {AttemptState::open, Outcome::accepted, AttemptState::processing},
    {AttemptState::open, Outcome::unknown, AttemptState::unknown},

    {AttemptState::unknown, Outcome::approved, AttemptState::succeeded},
    {AttemptState::unknown, Outcome::declined, AttemptState::declined},
    {AttemptState::unknown, Outcome::not_executed, AttemptState::not_executed},  // protocol rule 7: fenced, not found
    {AttemptState::unknown, Outcome::action_required, AttemptState::action_required},
    {AttemptState::unknown, Outcome::accepted, AttemptState::processing},
    {AttemptState::unknown, Outcome::unknown, AttemptState::unknown},

    {AttemptState::action_required, Outcome::approved, AttemptState::succeeded},
    {AttemptState::action_required, Outcome::declined, AttemptState::declined},  // also: abandoned by the payer
    {AttemptState::action_required, Outcome::not_executed, AttemptState::not_executed},
    {AttemptState::action_required, Outcome::action_required, AttemptState::action_required},
    {AttemptState::action_required, Outcome::accepted, AttemptState::processing},
    {AttemptState::action_required, Outcome::unknown,
     AttemptState::action_required},  // a failed look takes nothing back

    {AttemptState::processing, Outcome::approved, AttemptState::succeeded},
    {AttemptState::processing, Outcome::declined, AttemptState::declined},
    {AttemptState::processing, Outcome::not_executed, AttemptState::not_executed},
    {AttemptState::processing, Outcome::action_required, AttemptState::action_required},
    {AttemptState::processing, Outcome::accepted, AttemptState::processing},
    {AttemptState::processing, Outcome::unknown, AttemptState::processing},
});

constexpr std::optional<AttemptState> next_state(AttemptState from, Outcome outcome) {
    for (const AttemptTransition& row : kAttemptLife) {
        if (row.from == from && row.outcome == outcome) return row.to;
    }
    return std::nullopt;
}

constexpr bool has_ended(AttemptState state) {
    return state == AttemptState::succeeded || state == AttemptState::declined || state == AttemptState::not_executed;
}

constexpr bool has_no_ambiguous_row(const auto& rows) {
    for (auto a = rows.begin(); a != rows.end(); ++a) {
        for (auto b = a + 1; b != rows.end(); ++b) {
            if (a->from == b->from && a->outcome == b->outcome) return false;
        }
    }
    return true;
}

static_assert(has_no_ambiguous_row(kAttemptLife));
static_assert(std::ranges::none_of(kAttemptLife, [](const auto& row) { return has_ended(row.from); }));
// An attempt ends by exactly the outcomes that write a result.
static_assert(std::ranges::all_of(kAttemptLife,
                                  [](const auto& row) { return has_ended(row.to) == closes_attempt(row.outcome); }));
static_assert(!next_state(AttemptState::succeeded, Outcome::declined));

}  // namespace florin::payments
