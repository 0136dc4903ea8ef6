// What has to happen later, on the loop's own clock (CLOCK_MONOTONIC, microseconds).
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/virtual_time.hpp"

namespace florin::simulator {

inline std::int64_t monotonic_us() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000 + virtual_time().count() / 1'000;
}

class Timers {
public:
    void at(std::int64_t when_us, std::function<void()> action) {
        heap_.push_back({when_us, ++sequence_, std::move(action)});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }

    void run_due(std::int64_t now_us) {
        while (!heap_.empty() && heap_.front().when_us <= now_us) {
            std::pop_heap(heap_.begin(), heap_.end(), later);
            const auto action = std::move(heap_.back().action);
            heap_.pop_back();
            action();
        }
    }

    bool empty() const { return heap_.empty(); }
    std::int64_t next_us() const { return heap_.front().when_us; }

private:
    struct Timer {
        std::int64_t when_us;
        std::uint64_t sequence;  // equal times run in the order they were set
        std::function<void()> action;
    };
    static bool later(const Timer& a, const Timer& b) {
        return a.when_us != b.when_us ? a.when_us > b.when_us : a.sequence > b.sequence;
    }
    std::vector<Timer> heap_;
    std::uint64_t sequence_ = 0;
};

}  // namespace florin::simulator
