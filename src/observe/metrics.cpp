#include "observe/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>

#include "observe/process.hpp"
#include "observe/series.hpp"

namespace florin::observe {
namespace {

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

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

}  // namespace

struct Metrics::State {
    Book book;
    Series<Counter, 3> operations{book,
                                  "florin_operations_total",
                                  "Judgements of attempts by PSP, kind of operation and outcome.",
                                  {"psp", "kind", "outcome"}};
    Series<Histogram, 3> psp_calls{book,
                                   "florin_psp_call_seconds",
                                   "Duration of calls to PSPs, by call and result.",
                                   {"psp", "call", "result"},
                                   latency_buckets()};
    Series<Counter, 2> psp_alerts{book,
                                  "florin_psp_alerts_total",
                                  "Answers of PSPs that need a human: refused credentials, contradictions.",
                                  {"psp", "why"}};
    Series<Histogram, 1> commit_seconds{
        book, "florin_commit_seconds", "Duration of group commits, statement and flush.", {"kind"}, latency_buckets()};
    Series<Histogram, 1> commit_items{
        book, "florin_commit_items", "Items per group commit.", {"kind"}, batch_buckets()};
    Series<Gauge, 0> queue{book, "florin_queue_depth", "Items that wait for a group commit.", {}};
    Series<Histogram, 2> http{book,
                              "florin_http_request_seconds",
                              "Duration of API requests, by route and status.",
                              {"route", "status"},
                              latency_buckets()};
    Series<Counter, 1> shed{book, "florin_shed_total", "Requests refused because of overload, by class.", {"class"}};
    Series<Counter, 1> rate_limited{
        book, "florin_rate_limited_total", "Requests refused because of a rate limit, by whose it was.", {"by"}};
    Series<Counter, 2> resolver{
        book, "florin_resolver_total", "Steps of the resolver and how they ended.", {"step", "result"}};
    Series<Counter, 2> psp_events{
        book, "florin_psp_events_total", "Events of PSPs that were worked on, by how that ended.", {"psp", "what"}};
    Series<Gauge, 0> open{book, "florin_open_operations", "Operations whose outcome is not settled.", {}};
    Series<Gauge, 0> parked{book, "florin_parked_operations", "Open operations that wait for a human.", {}};
    Series<Gauge, 0> oldest{book, "florin_oldest_open_operation_seconds", "Age of the oldest open operation.", {}};
    Series<Gauge, 1> at_risk{
        book, "florin_amount_at_risk_minor_units", "Sum of the amounts of open operations, minor units.", {"currency"}};
    Series<Gauge, 1> expiring{book,
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

void Metrics::psp_event(std::string_view psp, std::string_view what) {
    state_->psp_events.with(psp, what).Increment();
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

// Families without a series stand there too, with their help: what is not counted yet is documented.
std::string Metrics::render() const {
    auto families = state_->book.registry.Collect();
    for (const auto& known : state_->book.known) {
        if (std::ranges::find(families, known.name, &prometheus::MetricFamily::name) == families.end()) {
            families.push_back(known);
        }
    }
    for (auto& family : process_families()) families.push_back(std::move(family));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace florin::observe
