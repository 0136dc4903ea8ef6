#include "bench/report.hpp"

#include "fmt/core.h"

namespace florin::bench {
namespace {

constexpr std::uint64_t kP50 = 500'000, kP90 = 900'000, kP99 = 990'000, kP999 = 999'000;

// The percentiles as members of an object that is left open.
std::string members_of(const Histogram& histogram) {
    return fmt::format(R"("p50_us":{},"p90_us":{},"p99_us":{},"p999_us":{},"max_us":{})", histogram.percentile(kP50),
                       histogram.percentile(kP90), histogram.percentile(kP99), histogram.percentile(kP999),
                       histogram.max());
}

template <class Each>
std::string joined(Each each) {
    std::string out;
    each([&](std::string_view name, const std::string& value) {
        out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", name, value);
    });
    return out;
}

std::string statuses_of(const LoadResult& result) {
    return joined([&](auto add) {
        for (const auto& [status, count] : result.statuses) add(std::to_string(status), std::to_string(count));
    });
}

std::string kinds_of(const LoadResult& result) {
    return joined([&](auto add) {
        for (std::size_t i = 0; i < kKinds; ++i) {
            const Histogram& histogram = result.by_kind[i];
            if (histogram.total() == 0) continue;
            add(to_string(static_cast<Kind>(i)),
                fmt::format(R"({{"count":{},{}}})", histogram.total(), members_of(histogram)));
        }
    });
}

std::uint64_t per_second(std::uint64_t count, const LoadResult& result) {
    return count * 1'000'000 / result.measured_us;
}

std::string row(std::string_view name, const Histogram& histogram) {
    const auto ms = [&](std::uint64_t share) { return static_cast<double>(histogram.percentile(share)) / 1000; };
    return fmt::format("{:<10} {:>10} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f}\n", name, histogram.total(),
                       ms(kP50), ms(kP90), ms(kP99), ms(kP999), static_cast<double>(histogram.max()) / 1000);
}

}  // namespace

std::string to_json(const LoadResult& result) {
    return fmt::format(
        R"({{"payments_per_second":{},"reads_per_second":{},"payments":{},"reads":{},"repeats":{},"dropped":{},)"
        R"("all_payments":{},"all_requests":{},"differing":{},{},"added":{{{}}},"late_p99_us":{},"kinds":{{{}}},)"
        R"("last_refusal_us":{},"statuses":{{{}}}}})",
        per_second(result.payments, result), per_second(result.reads, result), result.payments, result.reads,
        result.repeats, result.dropped, result.all_payments, result.all_requests, result.differing,
        members_of(result.latency_us), members_of(result.added_us), result.late_us.percentile(kP99), kinds_of(result),
        result.last_refusal_us, statuses_of(result));
}

std::string to_table(const LoadResult& result) {
    auto out = fmt::format("{} payments/s, {} reads/s, {} repeated keys, {} dropped; statuses {{{}}}\n",
                           per_second(result.payments, result), per_second(result.reads, result), result.repeats,
                           result.dropped, statuses_of(result));
    out += fmt::format("{:<10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "ms", "count", "p50", "p90", "p99",
                       "p99.9", "max");
    out += row("whole", result.latency_us) + row("added", result.added_us);
    for (std::size_t i = 0; i < kKinds; ++i) {
        if (result.by_kind[i].total() > 0) out += row(to_string(static_cast<Kind>(i)), result.by_kind[i]);
    }
    if (result.late_us.total() > 0) out += row("late", result.late_us);
    return out;
}

}  // namespace florin::bench
