#include "payments/saga.hpp"

#include "payments/words.hpp"

namespace florin::payments {
namespace {

constexpr auto kEffectWords = std::to_array<Word<LateEffect>>({
    {LateEffect::takes, "takes"},
    {LateEffect::holds, "holds"},
    {LateEffect::releases, "releases"},
    {LateEffect::gives_back, "gives back"},
});

constexpr auto kCaseWords = std::to_array<Word<LateCase>>({
    {LateCase::free, "free"},
    {LateCase::used_up, "used up"},
    {LateCase::replaced, "replaced"},
    {LateCase::declined, "declined"},
});

constexpr auto kRemedyWords = std::to_array<Word<Remedy>>({
    {Remedy::adopt, "adopt"},
    {Remedy::nothing, "nothing"},
    {Remedy::void_it, "late_void"},
    {Remedy::refund_it, "late_refund"},
    {Remedy::suspend, "late_suspense"},
});

}  // namespace

std::string_view to_string(LateEffect effect) {
    return word_of(kEffectWords, effect);
}
std::string_view to_string(LateCase situation) {
    return word_of(kCaseWords, situation);
}
std::string_view to_string(Remedy remedy) {
    return word_of(kRemedyWords, remedy);
}

std::string saga_table() {
    std::string table = "| step | its success";
    for (const LateCase situation : kLateCases) table.append(" | ").append(to_string(situation));
    table += " |\n|---|---|---|---|---|---|\n";
    for (const SagaStep& row : kSaga) {
        table.append("| `").append(to_string(row.step)).append("` | ").append(to_string(row.effect));
        for (const LateCase situation : kLateCases) table.append(" | ").append(to_string(row.in(situation)));
        table += " |\n";
    }
    return table;
}

}  // namespace florin::payments
