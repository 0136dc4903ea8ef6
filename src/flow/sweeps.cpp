#include "flow/sweeps.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "flow/look.hpp"

namespace florin::flow {
namespace {

// Its members come back as fast as the pace allows; whom another worker has settled does not.
constexpr Milliseconds kKept{15 * 60'000};

std::string key_of(const store::Taken& taken) {
    return psp::idempotency_key(taken.attempt.operation, taken.attempt.number);
}

struct Mark {
    explicit Mark(bool& is_set) : is_set_(is_set) { is_set_ = true; }
    ~Mark() { is_set_ = false; }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

private:
    bool& is_set_;
};

}  // namespace

struct Sweeps::Unfinished {
    psp::LookUp wanted{};                          // with what was read so far
    std::map<std::string, WallTime> send_until{};  // of those that it was begun for, as it was then
    bool is_past_fence = false;                    // of them all, when it began
    bool is_being_read = false;                    // by a task, now
    Deadline until = Deadline::after(kKept);
};

// Also null when it may have been sent again since: for that the sweep began too early.
std::shared_ptr<Sweeps::Unfinished> Sweeps::sweep_of(const store::Taken& taken) const {
    const auto key = key_of(taken);
    const auto found = by_attempt_.find(key);
    if (found == by_attempt_.end()) return nullptr;
    return found->second->send_until.at(key) == taken.send_until ? found->second : nullptr;
}

std::vector<std::vector<store::Taken>> Sweeps::parts(std::vector<store::Taken> group, const psp::Rules& rules) {
    std::erase_if(by_attempt_, [](const auto& entry) { return entry.second->until.passed(); });
    std::map<std::pair<std::shared_ptr<Unfinished>, bool>, std::vector<store::Taken>> by_sweep;
    for (auto& taken : group) {
        auto sweep = sweep_of(taken);
        // Who is in none begins one with those that are past their fence, or with those that are not.
        const bool past_fence = !sweep && is_past_fence(taken, rules);
        by_sweep[{std::move(sweep), past_fence}].push_back(std::move(taken));
    }
    std::vector<std::vector<store::Taken>> all;
    for (auto& [sweep, part] : by_sweep) all.push_back(std::move(part));
    return all;
}

Task<psp::Sweep> Sweeps::look(OpenWork work, std::vector<store::Taken> part) {
    auto sweep = sweep_of(part.front());
    const bool is_new = !sweep;
    if (is_new) {
        const auto& rules = work.account.psp->rules();
        sweep = std::make_shared<Unfinished>();
        sweep->wanted = look_up_of(part, rules);
        sweep->is_past_fence = std::ranges::all_of(part, [&](const auto& one) { return is_past_fence(one, rules); });
    }
    auto& so_far = sweep->wanted.begun;
    if (sweep->is_being_read || so_far.complete) {
        auto known = so_far;
        known.requests = 0;
        co_return known;
    }
    auto seen = co_await read_on(work, *sweep);
    const bool is_further = !seen.next.empty() && seen.next != so_far.next;
    so_far = seen;
    sweep->until = Deadline::after(kKept);
    if (is_new && is_further) keep(sweep, part);
    // What began before the fence finds, and proves nothing by what it does not find.
    if (!is_new && !sweep->is_past_fence) seen.complete = false;
    if (!is_further && !seen.complete) forget(*sweep);
    co_return seen;
}

Task<psp::Sweep> Sweeps::read_on(OpenWork work, Unfinished& sweep) {
    const Mark being_read(sweep.is_being_read);
    co_return co_await sweep_for(work, sweep.wanted);
}

void Sweeps::keep(std::shared_ptr<Unfinished> sweep, const std::vector<store::Taken>& part) {
    for (const auto& taken : part) {
        sweep->send_until.emplace(key_of(taken), taken.send_until);
        by_attempt_.insert_or_assign(key_of(taken), sweep);
    }
}

void Sweeps::forget(const Unfinished& sweep) {
    std::erase_if(by_attempt_, [&](const auto& entry) { return entry.second.get() == &sweep; });
}

}  // namespace florin::flow
