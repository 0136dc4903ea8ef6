// A latency histogram with HdrHistogram's guarantees at three significant digits: any value up to two hours is kept
// within 0.1 % of itself (log-linear buckets of 2,048 steps). Not for values that are not microseconds.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace florin::bench {

class Histogram {
public:
    void record(std::uint64_t microseconds) {
        ++counts_[index_of(microseconds)];
        ++total_;
        sum_ += microseconds;
        max_ = std::max(max_, microseconds);
    }
    std::uint64_t total() const { return total_; }
    std::uint64_t max() const { return max_; }
    double mean() const { return total_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(total_); }
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
    // take(upper bound, count) for each bucket that holds something, in order.
    template <class Take>
    void each(Take take) const {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] > 0) take(upper_bound_of(i), counts_[i]);
        }
    }

    static constexpr unsigned kBits = 11;
    static constexpr std::size_t kSteps = std::size_t{1} << kBits;  // linear steps, of which the upper half repeats
    static constexpr std::size_t kDoublings = 23;

private:
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
    static constexpr std::size_t kSize = kSteps / 2 * (kDoublings + 1);
    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(kSize);
    std::uint64_t total_ = 0, sum_ = 0, max_ = 0;
};

// The percentile distribution as HdrHistogram writes it, in milliseconds: what its plotters read.
void print_percentiles(const Histogram& histogram, std::FILE* out);

}  // namespace florin::bench
