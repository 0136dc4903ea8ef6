#include "observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <map>

namespace florin::observe {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

double seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

const Buckets& latency_buckets() {
    static const Buckets buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    return buckets;
}

const Buckets& batch_buckets() {
    static const Buckets buckets{1, 2, 4, 8, 16, 32, 64, 128, 256};
    return buckets;
}

// A metric with its labels: one series per combination of values, made at its first use.
template <class Metric, std::size_t labels>
class Series {
public:
    template <class Builder>
    Series(prometheus::Registry& registry, Builder builder, const char* name, const char* help,
           std::array<const char*, labels> names, Buckets buckets = {})
        : family_(builder.Name(name).Help(help).Register(registry)), names_(names), buckets_(std::move(buckets)) {}

    template <class... Values>
    Metric& with(Values... values) {
        const std::array<std::string_view, labels> key{values...};
        if (const auto found = series_.find(key); found != series_.end()) return *found->second;
        prometheus::Labels pairs;
        std::array<std::string, labels> owned;
        for (std::size_t i = 0; i < labels; ++i) {
            owned[i] = key[i];
            pairs.emplace(names_[i], key[i]);
        }
        return *series_.emplace(std::move(owned), &add(pairs)).first->second;
    }
    template <class Action>
    void for_each(Action action) {
        for (auto& [key, metric] : series_) action(*metric);
    }

private:
    // Compares values without making strings of them.
    struct Less {
        using is_transparent = void;
        bool operator()(const auto& a, const auto& b) const {
            return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), std::less<std::string_view>{});
        }
    };

    Metric& add(const prometheus::Labels& pairs) {
        if constexpr (std::is_same_v<Metric, prometheus::Histogram>)
            return family_.Add(pairs, buckets_);
        else
            return family_.Add(pairs);
    }

    prometheus::Family<Metric>& family_;
    std::array<const char*, labels> names_;
    Buckets buckets_;
    std::map<std::array<std::string, labels>, Metric*, Less> series_;
};

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

}  // namespace

struct Metrics::State {
    prometheus::Registry registry;
    Series<Counter, 2> payments{registry,
                                prometheus::BuildCounter(),
                                "florin_payments_total",
                                "Judgements of attempts to create a payment, by PSP and outcome.",
                                {"psp", "outcome"}};
    Series<Counter, 3> operations{registry,
                                  prometheus::BuildCounter(),
                                  "florin_operations_total",
                                  "Judgements of attempts by PSP, kind of operation and outcome.",
                                  {"psp", "kind", "outcome"}};
    Series<Histogram, 3> psp_calls{registry,
                                   prometheus::BuildHistogram(),
                                   "florin_psp_call_seconds",
                                   "Duration of calls to PSPs, by call and result.",
                                   {"psp", "call", "result"},
                                   latency_buckets()};
    Series<Counter, 2> psp_alerts{registry,
                                  prometheus::BuildCounter(),
                                  "florin_psp_alerts_total",
                                  "Answers of PSPs that need a human: refused credentials, contradictions.",
                                  {"psp", "why"}};
    Series<Histogram, 1> commit_seconds{registry,
                                        prometheus::BuildHistogram(),
                                        "florin_commit_seconds",
                                        "Duration of group commits, statement and flush.",
                                        {"kind"},
                                        latency_buckets()};
    Series<Histogram, 1> commit_items{
        registry,       prometheus::BuildHistogram(), "florin_commit_items", "Items per group commit.", {"kind"},
        batch_buckets()};
    Series<Gauge, 0> queue{
        registry, prometheus::BuildGauge(), "florin_queue_depth", "Items that wait for a group commit.", {}};
    Series<Histogram, 2> http{registry,
                              prometheus::BuildHistogram(),
                              "florin_http_request_seconds",
                              "Duration of API requests, by route and status.",
                              {"route", "status"},
                              latency_buckets()};
    Series<Counter, 1> shed{registry,
                            prometheus::BuildCounter(),
                            "florin_shed_total",
                            "Requests refused because of overload, by class.",
                            {"class"}};
    Series<Counter, 1> rate_limited{registry,
                                    prometheus::BuildCounter(),
                                    "florin_rate_limited_total",
                                    "Requests refused because of a rate limit, by whose it was.",
                                    {"by"}};
    Series<Counter, 2> resolver{registry,
                                prometheus::BuildCounter(),
                                "florin_resolver_total",
                                "Steps of the resolver and how they ended.",
                                {"step", "result"}};
    Series<Gauge, 0> open{
        registry, prometheus::BuildGauge(), "florin_open_operations", "Operations whose outcome is not settled.", {}};
    Series<Gauge, 0> parked{
        registry, prometheus::BuildGauge(), "florin_parked_operations", "Open operations that wait for a human.", {}};
    Series<Gauge, 0> oldest{registry,
                            prometheus::BuildGauge(),
                            "florin_oldest_open_operation_seconds",
                            "Age of the oldest open operation.",
                            {}};
    Series<Gauge, 1> at_risk{registry,
                             prometheus::BuildGauge(),
                             "florin_amount_at_risk_minor_units",
                             "Sum of the amounts of open operations, minor units.",
                             {"currency"}};
    Series<Gauge, 1> expiring{registry,
                              prometheus::BuildGauge(),
                              "florin_amount_expiring_minor_units",
                              "Sum of what authorizations hold that expire within a day, minor units.",
                              {"currency"}};
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
    // Gauges are shown from the start: a missing series looks like a missing process.
    queue_depth(0);
    open_operations(0, 0, Milliseconds(0));
}

Metrics::~Metrics() = default;

void Metrics::payment_outcome(std::string_view psp, std::string_view outcome) {
    state_->payments.with(psp, outcome).Increment();
}

void Metrics::operation_outcome(std::string_view psp, std::string_view kind, std::string_view outcome) {
    state_->operations.with(psp, kind, outcome).Increment();
}

void Metrics::psp_call(std::string_view psp, std::string_view call, std::string_view result,
                       std::chrono::nanoseconds took) {
    state_->psp_calls.with(psp, call, result).Observe(seconds(took));
}

void Metrics::psp_alert(std::string_view psp, std::string_view why) {
    state_->psp_alerts.with(psp, why).Increment();
}

void Metrics::batch(std::string_view kind, std::size_t items, std::chrono::nanoseconds took) {
    state_->commit_seconds.with(kind).Observe(seconds(took));
    state_->commit_items.with(kind).Observe(static_cast<double>(items));
}

void Metrics::queue_depth(std::size_t items) {
    state_->queue.with().Set(static_cast<double>(items));
}

void Metrics::http_request(std::string_view route, int status, std::chrono::nanoseconds took) {
    const std::string text = std::to_string(status);
    state_->http.with(route, std::string_view(text)).Observe(seconds(took));
}

void Metrics::shed(std::string_view kind) {
    state_->shed.with(kind).Increment();
}

void Metrics::rate_limited(std::string_view by) {
    state_->rate_limited.with(by).Increment();
}

void Metrics::resolver(std::string_view step, std::string_view result) {
    state_->resolver.with(step, result).Increment();
}

void Metrics::open_operations(std::int64_t open, std::int64_t parked, std::chrono::milliseconds oldest) {
    state_->open.with().Set(static_cast<double>(open));
    state_->parked.with().Set(static_cast<double>(parked));
    state_->oldest.with().Set(seconds(oldest));
    state_->at_risk.for_each([](Gauge& gauge) { gauge.Set(0); });
    state_->expiring.for_each([](Gauge& gauge) { gauge.Set(0); });
}

void Metrics::amount_at_risk(std::string_view currency, std::int64_t minor_units) {
    state_->at_risk.with(currency).Set(static_cast<double>(minor_units));
}

void Metrics::amount_expiring(std::string_view currency, std::int64_t minor_units) {
    state_->expiring.with(currency).Set(static_cast<double>(minor_units));
}

std::string Metrics::render() const {
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace florin::observe
