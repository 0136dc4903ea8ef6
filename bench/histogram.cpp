#include "bench/histogram.hpp"

#include <cmath>

#include "fmt/core.h"

namespace florin::bench {
namespace {

constexpr double kUnit = 1'000;      // microseconds per millisecond
constexpr double kTicksPerHalf = 5;  // lines until half of what is left to 100 % is passed

double next_level(double level) {
    const double halvings = std::floor(std::log2(100.0 / (100.0 - level))) + 1;
    return level + 100.0 / (kTicksPerHalf * std::exp2(halvings));
}

double deviation_of(const Histogram& histogram) {
    if (histogram.total() == 0) return 0;
    double squares = 0;
    histogram.each([&](std::uint64_t value, std::uint64_t count) {
        const double off = static_cast<double>(value) - histogram.mean();
        squares += off * off * static_cast<double>(count);
    });
    return std::sqrt(squares / static_cast<double>(histogram.total()));
}

}  // namespace

void print_percentiles(const Histogram& histogram, std::FILE* out) {
    fmt::print(out, "{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    double level = 0;
    double shown = 0;
    std::uint64_t seen = 0;
    histogram.each([&](std::uint64_t value, std::uint64_t count) {
        seen += count;
        shown = static_cast<double>(value) / kUnit;
        const double reached = 100.0 * static_cast<double>(seen) / static_cast<double>(histogram.total());
        for (; level <= reached && level < 100; level = next_level(level)) {
            fmt::print(out, "{:12.3f} {:14.12f} {:10} {:14.2f}\n", shown, level / 100, seen, 100 / (100 - level));
            if (seen == histogram.total()) break;
        }
    });
    fmt::print(out, "{:12.3f} {:14.12f} {:10}\n", shown, 1.0, histogram.total());
    fmt::print(out, "#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", histogram.mean() / kUnit,
               deviation_of(histogram) / kUnit);
    fmt::print(out, "#[Max     = {:12.3f}, Total count    = {:12}]\n", shown, histogram.total());
    fmt::print(out, "#[Buckets = {:12}, SubBuckets     = {:12}]\n", Histogram::kDoublings, Histogram::kSteps);
}

}  // namespace florin::bench
