#include "cli/doctor/finding.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace florin::cli {
namespace {

constexpr Milliseconds kNoticeable{2'000};
constexpr Milliseconds kHarmful{30'000};

}  // namespace

std::string_view to_string(Health health) {
    switch (health) {
        case Health::ok:
            return "ok";
        case Health::warning:
            return "warning";
        case Health::wrong:
            return "WRONG";
    }
    std::abort();
}

Findings look_at_configuration(const config::Reading& reading) {
    Findings findings;
    for (const auto& problem : config::serving_problems(reading.config)) {
        findings.push_back({"configuration", Health::wrong, problem.detail});
    }
    if (findings.empty()) findings.push_back({"configuration", Health::ok, "florin can start with it"});
    for (auto& sentence : config::warnings(reading)) {
        findings.push_back({"configuration", Health::warning, std::move(sentence)});
    }
    return findings;
}

Finding judge_clock(std::string name, WallTime here, WallTime there, Milliseconds uncertainty) {
    const auto apart = std::chrono::duration_cast<Milliseconds>(std::chrono::abs(here - there));
    const auto surely = std::max(apart - uncertainty, Milliseconds(0));
    if (surely < kNoticeable) return {std::move(name), Health::ok, "agrees with this machine's"};
    return {std::move(name), surely < kHarmful ? Health::warning : Health::wrong,
            fmt::format("this machine's clock is {:.1f} s {}: let both follow NTP (timedatectl set-ntp true)",
                        static_cast<double>(surely.count()) / 1000, here > there ? "ahead" : "behind")};
}

}  // namespace florin::cli
