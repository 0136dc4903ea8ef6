// The plan of FLORIN_FAIL as data (base/fail_point.hpp has the words).
#pragma once

#ifdef FLORIN_FAIL_POINTS

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace florin {

struct FailPlan {
    enum class Action : std::uint8_t { crash, hang, error, sleep, gather, barrier };
    Action action = Action::crash;
    int number = 0;    // milliseconds, or how many wait together
    int only_hit = 0;  // 0: every hit
};

using FailPlans = std::map<std::string, FailPlan, std::less<>>;

std::string_view to_string(FailPlan::Action action);
// Empty where a plan cannot be read; `wrong` is then the part that cannot.
std::optional<FailPlans> read_fail_plans(std::string_view text, std::string& wrong);

// Hits by chance: `permille` of a thousand, decided by the seed, the name and the number of the hit alone.
struct FailSeed {
    std::uint64_t seed = 0;
    int permille = 0;
    FailPlan::Action action = FailPlan::Action::crash;
    bool strikes(std::string_view name, int hit) const;
};
std::optional<FailSeed> read_fail_seed(std::string_view text);

}  // namespace florin

#endif
