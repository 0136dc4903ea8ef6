#include "base/fail_point.hpp"

#ifdef FLORIN_FAIL_POINTS

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <thread>

namespace florin {
namespace {

struct Plan {
    bool crash = false;
    std::chrono::milliseconds sleep{0};
    int only_hit = 0;  // 0: every hit
    std::atomic<int> hits{0};
};

// A misspelled plan would let a test pass whose fault never fires.
[[noreturn]] void refuse_plan(std::string_view item) {
    fmt::print(stderr,
               "FLORIN_FAIL: cannot read \"{}\"; write name=crash, name=crash@3, name=sleep:500 or name=sleep:500@2\n",
               item);
    std::_Exit(2);
}

int number_of(std::string_view text, std::string_view item) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1) refuse_plan(item);
    return value;
}

using Plans = std::map<std::string, Plan, std::less<>>;

void add_plan(Plans& plans, std::string_view item) {
    const auto equals = item.find('=');
    if (equals == 0 || equals == std::string_view::npos) refuse_plan(item);
    Plan& plan = plans[std::string(item.substr(0, equals))];
    std::string_view action = item.substr(equals + 1);
    if (const auto at = action.find('@'); at != std::string_view::npos) {
        plan.only_hit = number_of(action.substr(at + 1), item);
        action = action.substr(0, at);
    }
    plan.crash = action == "crash";
    if (plan.crash) return;
    if (!action.starts_with("sleep:")) refuse_plan(item);
    plan.sleep = std::chrono::milliseconds(number_of(action.substr(6), item));
}

Plans plans_of_environment() {
    Plans plans;
    const char* text = std::getenv("FLORIN_FAIL");
    std::string_view rest = text == nullptr ? "" : text;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        add_plan(plans, rest.substr(0, comma));
        rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    }
    return plans;
}

}  // namespace

void fail_point_hit(const char* name) {
    static Plans plans = plans_of_environment();
    const auto found = plans.find(std::string_view(name));
    if (found == plans.end()) return;
    Plan& plan = found->second;
    const int hit = ++plan.hits;
    if (plan.only_hit != 0 && plan.only_hit != hit) return;
    const std::string line =
        fmt::format("{{\"event\":\"fail_point.hit\",\"name\":\"{}\",\"hit\":{},\"action\":\"{}\"}}\n", name, hit,
                    plan.crash ? "crash" : "sleep");
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    if (plan.crash) ::kill(::getpid(), SIGKILL);
    std::this_thread::sleep_for(plan.sleep);
}

}  // namespace florin

#endif
