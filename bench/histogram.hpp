// A latency histogram with three significant digits up to an hour (log-linear buckets, as HdrHistogram lays them out).
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace florin::bench {

class Histogram {
public:
    void record(std::uint64_t microseconds) {
        ++counts_[index_of(microseconds)];
        ++total_;
    }
    std::uint64_t total() const { return total_; }
    // The smallest recorded bucket's upper bound below which `share` (0…1000000 millionths) of all values lie.
    std::uint64_t percentile(std::uint64_t millionths) const {
        const std::uint64_t wanted = (total_ * millionths + 999'999) / 1'000'000;
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen >= wanted && seen > 0) return upper_bound_of(i);
        }
        return 0;
    }

private:
    static constexpr unsigned kBits = 10;  // 1,024 linear steps per power of two
    static constexpr std::size_t kSteps = std::size_t{1} << kBits;
    static std::size_t index_of(std::uint64_t value) {
        const auto width = static_cast<unsigned>(std::bit_width(value));
        if (width <= kBits) return static_cast<std::size_t>(value);
        const unsigned shift = width - kBits;
        const std::size_t index = shift * kSteps / 2 + static_cast<std::size_t>(value >> shift);
        return index < kSize ? index : kSize - 1;
    }
    static std::uint64_t upper_bound_of(std::size_t index) {
        if (index < kSteps) return index;
        const std::size_t shift = (index - kSteps / 2) / (kSteps / 2);
        const std::uint64_t mantissa = index - shift * kSteps / 2;
        return ((mantissa + 1) << shift) - 1;
    }
    static constexpr std::size_t kSize = kSteps / 2 * 24;
    std::array<std::uint64_t, kSize> counts_{};
    std::uint64_t total_ = 0;
};

}  // namespace florin::bench
