#include "flow/pace.hpp"

#include <algorithm>
#include <utility>

namespace florin::flow {
namespace {

using namespace std::chrono_literals;
using Kind = psp::Heard::Kind;

constexpr int kSilentInRow = 5;  // less is bad luck, and normal traffic breaks the row
constexpr Pace::Time kFirstPause = 1s;
constexpr Pace::Time kLongestPause = 60s;
constexpr Pace::Time kProbeTakes = 60s;  // a probe whose end is never heard of
constexpr Pace::Time kCutsApart = 1s;    // what was in flight already says the same once more
constexpr double kSlowStart = 0.1;
constexpr double kGrowth = 0.01;  // of the whole rate, with each answer: whole again after some hundred

double seconds(Pace::Time time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

std::size_t Pace::room(Time now) {
    if (now < not_before_) return 0;
    if (is_down_) return 1;
    if (filled_at_ == Time{0}) filled_at_ = now;
    const double burst = std::max(1.0, rate_);
    tokens_ = std::min(burst, tokens_ + seconds(now - filled_at_) * rate_);
    filled_at_ = now;
    if (tokens_ < 1) return 0;
    return static_cast<std::size_t>(std::exchange(has_owed_, false) ? burst : tokens_);
}

void Pace::spend(std::size_t requests, Time now) {
    tokens_ -= static_cast<double>(requests);
    // One probe at a time.
    is_probing_ = is_down_;
    if (is_probing_) not_before_ = now + kProbeTakes;
}

void Pace::owe(std::size_t requests) {
    tokens_ -= static_cast<double>(requests);
    has_owed_ = true;
}

void Pace::hear(psp::Heard heard, Time now) {
    switch (heard.kind) {
        case Kind::answered:
            return hear_answer();
        case Kind::limited:
            return hear_limit(heard, now);
        case Kind::silent:
            return hear_silence(heard, now);
    }
}

void Pace::hear_answer() {
    silent_in_row_ = 0;
    if (is_down_) {
        is_down_ = false;
        not_before_ = Time{0};
        filled_at_ = Time{0};
        tokens_ = 1;
        has_owed_ = false;
        rate_ = std::max(std::min(1.0, most_), most_ * kSlowStart);
    }
    rate_ = std::min(most_, rate_ + most_ * kGrowth);
}

void Pace::hear_limit(psp::Heard heard, Time now) {
    silent_in_row_ = 0;
    is_down_ = false;
    not_before_ = std::max(not_before_, now + (heard.wait ? Time{*heard.wait} : kFirstPause));
    if (now - last_cut_ < kCutsApart) return;
    last_cut_ = now;
    rate_ = std::max(std::min(1.0, most_), rate_ / 2);
    tokens_ = std::min(tokens_, 1.0);
}

void Pace::hear_silence(psp::Heard heard, Time now) {
    if (is_down_) {
        // What left before it went down says nothing new; the probe does.
        if (!std::exchange(is_probing_, false)) return;
        pause_ = std::min(pause_ * 2, kLongestPause);
    } else {
        if (++silent_in_row_ < kSilentInRow) return;
        is_down_ = true;
        pause_ = kFirstPause;
    }
    not_before_ = now + std::max<Time>(pause_, heard.wait.value_or(Milliseconds{0}));
}

}  // namespace florin::flow
