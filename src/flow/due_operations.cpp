#include "flow/due_operations.hpp"

#include <algorithm>
#include <iterator>

#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kLookEvery{5'000};  // what becomes due meanwhile waits no longer than that
constexpr Milliseconds kWithin{10'000};
constexpr int kRemembered = 5'000;
constexpr std::size_t kAtATime = 200;  // names in one statement: others may have taken or settled most of them

// How many of the names a taking that was full has gone through.
std::ptrdiff_t gone_through(const std::vector<OperationId>& names, const std::vector<store::Taken>& taken) {
    const auto is_taken = [&](const OperationId& name) {
        return std::ranges::any_of(taken, [&](const store::Taken& one) { return one.attempt.operation == name; });
    };
    return std::find_if(names.rbegin(), names.rend(), is_taken).base() - names.begin();
}

}  // namespace

DueOperations::DueOperations(const Services& services, const PspAccount& account)
    : services_(services), account_(account), look_at_(Deadline::after(Milliseconds{0})) {}

Task<std::vector<store::Taken>> DueOperations::take(std::size_t limit) {
    std::vector<store::Taken> taken;
    bool has_looked = false;
    while (taken.size() < limit) {
        if (found_.empty() || look_at_.passed()) {
            if (has_looked) break;
            has_looked = true;
            co_await look();
        }
        if (found_.empty()) break;
        auto some = co_await take_next(limit - taken.size());
        std::ranges::move(some, std::back_inserter(taken));
    }
    co_return taken;
}

Task<void> DueOperations::look() {
    const auto found = co_await services_.store.find_due(account_.account, kRemembered, Deadline::after(kWithin));
    found_.assign(found.begin(), found.end());
    look_at_ = Deadline::after(kLookEvery);
}

Task<std::vector<store::Taken>> DueOperations::take_next(std::size_t limit) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(kAtATime, found_.size()));
    const std::vector<OperationId> names(found_.begin(), found_.begin() + count);
    const auto& rules = account_.psp->rules();
    store::Store::Due due{.account = account_.account, .operations = names, .limit = static_cast<int>(limit)};
    auto taken = co_await services_.store.take_due(
        std::move(due), ages_of(rules), durations_of(services_.options, payments::OperationKind::sale, rules),
        Deadline::after(kWithin));
    const bool is_full = taken.size() == limit;
    found_.erase(found_.begin(), found_.begin() + (is_full ? gone_through(names, taken) : count));
    co_return taken;
}

}  // namespace florin::flow
