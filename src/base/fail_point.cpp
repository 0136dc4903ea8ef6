#include "base/fail_point.hpp"

#ifdef FLORIN_FAIL_POINTS

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <cstdlib>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/fail_plan.hpp"
#include "base/timer.hpp"

// The linker's names for the ends of the section; absent where a program has no fail point.
extern "C" {
[[gnu::weak]] extern florin::FailPoint __start_florin_fail_points[];
[[gnu::weak]] extern florin::FailPoint __stop_florin_fail_points[];
}

namespace florin {
namespace {

using Action = FailPlan::Action;

// A misspelled plan would let a test pass whose fault never fires.
[[noreturn]] void refuse(const char* variable, std::string_view wrong) {
    fmt::print(stderr,
               "{}: cannot read \"{}\"; write name=crash, name=crash@3, name=sleep:500 or as fail_point.hpp has it\n",
               variable, wrong);
    std::_Exit(2);
}

FailPlans plans_of(const char* variable, std::string_view text) {
    std::string wrong;
    auto plans = read_fail_plans(text, wrong);
    if (!plans) refuse(variable, wrong);
    return std::move(*plans);
}

std::string_view environment(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

// All that this process plans and has counted.
class Injector {
public:
    Injector() {
        plans_ = plans_of("FLORIN_FAIL", environment("FLORIN_FAIL"));
        if (const auto seed = environment("FLORIN_FAIL_SEED"); !seed.empty()) {
            by_chance_ = read_fail_seed(seed);
            if (!by_chance_) refuse("FLORIN_FAIL_SEED", seed);
        }
        if (const auto path = environment("FLORIN_FAIL_HITS"); !path.empty()) {
            log_ = ::open(std::string(path).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        }
        file_ = environment("FLORIN_FAIL_FILE");
    }

    FailAction hit(std::string_view name, std::string_view detail) {
        if (plans_.empty() && file_.empty() && !by_chance_ && log_ < 0) return FailAction::none;
        look_at_file();
        const auto narrowed = detail.empty() ? std::string(name) : fmt::format("{}.{}", name, detail);
        const auto planned = plan_for(name, narrowed);
        note(narrowed, planned);
        return planned ? act(narrowed, *planned) : FailAction::none;
    }

    bool is_planned(std::string_view name) {
        if (!file_.empty()) look_at_file();
        return plans_.contains(name);
    }

    std::list<Timer*>& waiting_at(const std::string& name) { return waiting_[name]; }

private:
    // Whoever replaces the file renames a whole one into its place; its hits are counted anew.
    void look_at_file() {
        if (file_.empty()) return;
        std::array<char, 4096> bytes;
        const int file = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0) return;
        const auto got = ::read(file, bytes.data(), bytes.size());
        ::close(file);
        const std::string_view text(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        if (text == seen_) return;
        seen_ = text;
        plans_ = plans_of("FLORIN_FAIL_FILE", text);
        hits_.clear();
    }

    std::optional<FailPlan> plan_for(std::string_view name, const std::string& narrowed) {
        const int hit = ++hits_[narrowed];
        auto found = plans_.find(narrowed);
        auto of = hit;
        if (found == plans_.end() && narrowed != name) {
            found = plans_.find(name);
            of = ++hits_[std::string(name)];
        }
        last_hit_ = of;
        if (found != plans_.end() && (found->second.only_hit == 0 || found->second.only_hit == of))
            return found->second;
        if (by_chance_ && by_chance_->strikes(narrowed, hit)) return FailPlan{.action = by_chance_->action};
        return std::nullopt;
    }

    void note(const std::string& name, const std::optional<FailPlan>& plan) const {
        const auto action = plan ? to_string(plan->action) : "pass";
        if (log_ >= 0) write(log_, fmt::format("{} {}\n", name, action));
        if (!plan) return;
        write(STDERR_FILENO,
              fmt::format("{{\"event\":\"fail_point.hit\",\"name\":\"{}\",\"hit\":{},\"action\":\"{}\"}}\n", name,
                          last_hit_, action));
    }

    static void write(int to, const std::string& line) {
        [[maybe_unused]] const auto written = ::write(to, line.data(), line.size());
    }

    FailAction act(const std::string& name, const FailPlan& plan) {
        switch (plan.action) {
            case Action::crash:
                ::kill(::getpid(), SIGKILL);
                break;
            case Action::hang:
                ::kill(::getpid(), SIGSTOP);
                break;
            case Action::sleep:
                std::this_thread::sleep_for(std::chrono::milliseconds(plan.number));
                break;
            case Action::error:
                return FailAction::error;
            case Action::gather:
            case Action::barrier:
                return arrive(name, plan);
        }
        return FailAction::none;
    }

    // A barrier falls once: who comes later passes.
    FailAction arrive(const std::string& name, const FailPlan& plan) {
        const auto& waiting = waiting_[name];
        if (waiting.size() + 1 < static_cast<std::size_t>(plan.number)) return FailAction::wait;
        if (plan.action == Action::gather) ::kill(::getpid(), SIGKILL);
        for (Timer* timer : waiting) timer->cancel();
        plans_.erase(name);
        return FailAction::none;
    }

    FailPlans plans_;
    std::optional<FailSeed> by_chance_;
    std::string file_, seen_;
    int log_ = -1;
    int last_hit_ = 0;
    std::map<std::string, int, std::less<>> hits_;
    std::map<std::string, std::list<Timer*>, std::less<>> waiting_;
};

// Points may be hit by the threads that do blocking work, too.
std::recursive_mutex& guard() {
    static std::recursive_mutex mutex;
    return mutex;
}

Injector& injector() {
    static Injector one;
    return one;
}

}  // namespace

FailAction fail_point_hit(const FailPoint& point, std::string_view detail) {
    const std::scoped_lock lock(guard());
    return injector().hit(point.name, detail);
}

Task<void> fail_point_wait(const FailPoint& point, std::string_view detail) {
    const auto name = detail.empty() ? std::string(point.name) : fmt::format("{}.{}", point.name, detail);
    Timer timer(co_await boost::asio::this_coro::executor, Timer::time_point::max());
    auto& waiting = injector().waiting_at(name);
    const auto place = waiting.insert(waiting.end(), &timer);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    waiting.erase(place);
}

bool is_fail_point_planned(std::string_view name) {
    const std::scoped_lock lock(guard());
    return injector().is_planned(name);
}

std::vector<std::string_view> fail_point_names() {
    std::vector<std::string_view> names;
    for (const auto* point = __start_florin_fail_points; point != __stop_florin_fail_points; ++point) {
        names.emplace_back(point->name);
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

}  // namespace florin

#endif
