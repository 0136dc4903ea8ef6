// What becomes of a success that shows after its attempt was closed (protocol rule 24): one table, read by the
// compiler. Each step of a payment has what its success did at the PSP, and what undoes it when there is no place for
// it any more. docs/late-truth.md shows the table; a test compares the two.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "payments/operation.hpp"

namespace florin::payments {

// What a success of the step does at the PSP.
enum class LateEffect : std::uint8_t {
    takes,       // money of the payer
    holds,       // a hold on it
    releases,    // of such a hold
    gives_back,  // money to the payer
};
std::string_view to_string(LateEffect effect);

// What stands where the success would have had its place.
enum class LateCase : std::uint8_t {
    free,      // the attempt is the last one and was taken for not executed, and the amounts allow the success
    used_up,   // the same, but what it would take was captured, voided or refunded meanwhile
    replaced,  // a newer attempt of the operation exists, or another object of the same attempt is booked; of a
               // release also: another operation has released as much
    declined,  // a 402 or 422 is stored
};
inline constexpr auto kLateCases =
    std::to_array<LateCase>({LateCase::free, LateCase::used_up, LateCase::replaced, LateCase::declined});
std::string_view to_string(LateCase situation);

enum class Remedy : std::uint8_t {
    adopt,      // it becomes the next attempt: booked as if it had come in time
    nothing,    // it is the same release as the one that is booked or under way
    void_it,    // late_void
    refund_it,  // late_refund
    suspend,    // late_suspense: it cannot be undone
};
std::string_view to_string(Remedy remedy);

struct SagaStep {
    OperationKind step;
    LateEffect effect;
    Remedy free, used_up, replaced, declined;
    constexpr Remedy in(LateCase situation) const {
        switch (situation) {
            case LateCase::free:
                return free;
            case LateCase::used_up:
                return used_up;
            case LateCase::replaced:
                return replaced;
            case LateCase::declined:
                return declined;
        }
        return Remedy::suspend;
    }
};

inline constexpr auto kSaga = [] {
    using enum OperationKind;
    using enum LateEffect;
    using enum Remedy;
    // clang-format off
    return std::to_array<SagaStep>({
        // step      its success did  free   used up    replaced   declined
        {sale,        takes,          adopt, refund_it, refund_it, refund_it},
        {authorize,   holds,          adopt, void_it,   void_it,   void_it},
        {capture,     takes,          adopt, refund_it, refund_it, refund_it},
        {void_,       releases,       adopt, suspend,   nothing,   suspend},
        {expire,      releases,       adopt, suspend,   nothing,   suspend},
        {refund,      gives_back,     adopt, suspend,   suspend,   suspend},
        {late_void,   releases,       adopt, suspend,   nothing,   suspend},
        {late_refund, gives_back,     adopt, suspend,   suspend,   suspend},
    });
    // clang-format on
}();

// Of every kind for which a PSP is called; nullptr for what is only recorded.
constexpr const SagaStep* saga_step(OperationKind kind) {
    const auto* found = std::ranges::find(kSaga, kind, &SagaStep::step);
    return found == kSaga.end() ? nullptr : found;
}

// The operation that the remedy opens; no meaning for adopt and nothing.
constexpr OperationKind operation_of(Remedy remedy) {
    if (remedy == Remedy::void_it) return OperationKind::late_void;
    return remedy == Remedy::refund_it ? OperationKind::late_refund : OperationKind::late_suspense;
}

// Only a hold is released, and only what was taken is given back; what left cannot be undone, and so ends the chain.
static_assert(std::ranges::all_of(kSaga, [](const SagaStep& row) {
    const auto undo = row.effect == LateEffect::takes   ? Remedy::refund_it
                      : row.effect == LateEffect::holds ? Remedy::void_it
                                                        : Remedy::suspend;
    const bool is_release = row.effect == LateEffect::releases;
    return row.free == Remedy::adopt && row.used_up == undo && row.declined == undo &&
           row.replaced == (is_release ? Remedy::nothing : undo);
}));
static_assert(std::ranges::all_of(kSaga, [](const SagaStep& row) {
    return std::ranges::count(kSaga, row.step, &SagaStep::step) == 1 && !is_only_recorded(row.step);
}));

// The table as Markdown.
std::string saga_table();

}  // namespace florin::payments
