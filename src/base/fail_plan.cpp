#include "base/fail_plan.hpp"

#ifdef FLORIN_FAIL_POINTS

#include <array>
#include <charconv>

namespace florin {
namespace {

using Action = FailPlan::Action;

struct Word {
    std::string_view word;
    Action action;
    bool has_number;
};
constexpr auto kWords = std::to_array<Word>({
    {"crash", Action::crash, false},
    {"hang", Action::hang, false},
    {"error", Action::error, false},
    {"sleep", Action::sleep, true},
    {"gather", Action::gather, true},
    {"barrier", Action::barrier, true},
});

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1) return std::nullopt;
    return value;
}

std::string_view take_until(std::string_view& text, char c) {
    const auto at = text.find(c);
    const auto head = text.substr(0, at);
    text = at == std::string_view::npos ? "" : text.substr(at + 1);
    return head;
}

std::optional<FailPlan> read_action(std::string_view text) {
    FailPlan plan;
    const bool one_hit = text.contains('@');
    auto action = take_until(text, '@');
    if (one_hit) {
        const auto hit = number_of<int>(text);
        if (!hit) return std::nullopt;
        plan.only_hit = *hit;
    }
    const auto word = take_until(action, ':');
    for (const Word& known : kWords) {
        if (known.word != word || known.has_number == action.empty()) continue;
        plan.action = known.action;
        if (!known.has_number) return plan;
        const auto number = number_of<int>(action);
        if (!number) return std::nullopt;
        plan.number = *number;
        return plan;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Action action) {
    for (const Word& known : kWords) {
        if (known.action == action) return known.word;
    }
    return "";
}

std::optional<FailPlans> read_fail_plans(std::string_view text, std::string& wrong) {
    FailPlans plans;
    while (!text.empty()) {
        const auto item = take_until(text, ',');
        auto action = item;
        const auto name = take_until(action, '=');
        const auto plan = name.empty() ? std::nullopt : read_action(action);
        if (!plan) {
            wrong = item;
            return std::nullopt;
        }
        plans.insert_or_assign(std::string(name), *plan);
    }
    return plans;
}

bool FailSeed::strikes(std::string_view name, int hit) const {
    // FNV-1a, then the last steps of splitmix64: the same on every machine, whatever its std::hash does.
    std::uint64_t mixed = 14'695'981'039'346'656'037ULL ^ seed;
    for (const char c : name) mixed = (mixed ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
    mixed += static_cast<std::uint64_t>(hit) * 0x9E37'79B9'7F4A'7C15ULL;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EBULL;
    return (mixed ^ (mixed >> 31)) % 1'000 < static_cast<std::uint64_t>(permille);
}

std::optional<FailSeed> read_fail_seed(std::string_view text) {
    const auto seed = number_of<std::uint64_t>(take_until(text, ':'));
    const auto permille = number_of<int>(take_until(text, ':'));
    if (!seed || !permille) return std::nullopt;
    FailSeed by_chance{.seed = *seed, .permille = *permille};
    if (text.empty()) return by_chance;
    const auto plan = read_action(text);
    if (!plan || plan->number != 0 || plan->only_hit != 0) return std::nullopt;
    by_chance.action = plan->action;
    return by_chance;
}

}  // namespace florin

#endif
