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
    Series<Counter, 2> late_successes{book,
                                      "florin_late_successes_total",
                                      "Successes that came after their attempt was closed, by what was done.",
                                      {"psp", "what"}};
    Series<Gauge, 3> late_charges{book,
                                  "florin_late_charges_standing",
                                  "Late charges and holds at a PSP that are not undone yet.",
                                  {"psp", "account", "mode"}};
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
    Series<Counter, 2> psp_events_received{
        book,
        "florin_psp_events_received_total",
        "Authentic events of PSPs, by whether they were fresh, waiting already, parked (due again) or handled.",
        {"psp", "kept"}};
    Series<Counter, 2> psp_events_refused{book,
                                          "florin_psp_events_refused_total",
                                          "Deliveries that were not taken as events of a PSP, by why.",
                                          {"psp", "why"}};
    Series<Gauge, 0> psp_events_waiting{
        book, "florin_psp_events_waiting", "Events of PSPs that are not worked off yet.", {}};
    Series<Gauge, 0> psp_events_parked{book, "florin_psp_events_parked", "Events of PSPs that wait for a human.", {}};
    Series<Gauge, 0> oldest_psp_event{
        book, "florin_oldest_psp_event_seconds", "Age of the oldest event of a PSP that waits.", {}};
    Series<Gauge, 0> oldest_parked_psp_event{
        book, "florin_oldest_parked_psp_event_seconds", "Age of the oldest parked event of a PSP.", {}};
    Series<Counter, 2> psp_events{
        book, "florin_psp_events_total", "Events of PSPs that were worked on, by how that ended.", {"psp", "what"}};
    Series<Counter, 0> events_relayed{
        book, "florin_events_relayed_total", "Events that merchants can read, relayed by this process.", {}};
    Series<Gauge, 0> relay_lag{
        book, "florin_relay_lag_seconds", "Age of the oldest change of a payment that is not relayed as event.", {}};
    Series<Counter, 1> webhook_deliveries{
        book, "florin_webhook_deliveries_total", "Tries of deliveries to merchants' endpoints, by result.", {"result"}};
    Series<Counter, 1> webhook_disabled{book,
                                        "florin_webhook_endpoints_disabled_total",
                                        "Endpoints that were disabled by Florin, by reason.",
                                        {"reason"}};
    Series<Gauge, 0> webhook_pending{
        book, "florin_webhook_deliveries_pending", "Deliveries to merchants' endpoints that are not done.", {}};
    Series<Gauge, 0> webhook_lag{
        book, "florin_webhook_lag_seconds", "How late deliveries to endpoints that answer are, at the most.", {}};
    Series<Gauge, 0> webhook_failing{book, "florin_webhook_endpoints_failing", "Endpoints whose last try failed.", {}};
    Series<Gauge, 0> webhook_disabled_now{
        book, "florin_webhook_endpoints_disabled", "Endpoints that are disabled because they failed or are gone.", {}};
    Series<Gauge, 0> open{book, "florin_open_operations", "Operations whose outcome is not settled.", {}};
    Series<Gauge, 0> parked{book, "florin_parked_operations", "Open operations that wait for a human.", {}};
    Series<Gauge, 0> oldest{book, "florin_oldest_open_operation_seconds", "Age of the oldest open operation.", {}};
    Series<Gauge, 0> oldest_parked{
        book, "florin_oldest_parked_operation_seconds", "Age of the oldest parked operation.", {}};
    Series<Gauge, 0> waiting_for_payer{
        book, "florin_operations_waiting_for_payer", "Open operations whose payer must act.", {}};
    Series<Gauge, 1> at_risk{
        book, "florin_amount_at_risk_minor_units", "Sum of the amounts of open operations, minor units.", {"currency"}};
    Series<Gauge, 1> parked_amount{book,
                                   "florin_amount_parked_minor_units",
                                   "Sum of the amounts of parked operations, minor units.",
                                   {"currency"}};
    Series<Gauge, 2> pace{book,
                          "florin_resolver_pace",
                          "Requests per second that the resolver may send; 0 while the PSP does not answer.",
                          {"psp", "mode"}};
    Series<Gauge, 1> expiring{book,
                              "florin_amount_expiring_minor_units",
                              "Sum of what authorizations hold that expire within a day, minor units.",
                              {"currency"}};
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
    // Gauges are shown from the start: a missing series looks like a missing process.
    queue_depth(0);
    psp_event_backlog(0, 0, Milliseconds(0), Milliseconds(0));
    events_relayed(0);
    relay_lag(Milliseconds(0));
    webhook_backlog({});
    open_operations({});
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

void Metrics::late_success(std::string_view psp, std::string_view remedy) {
    state_->late_successes.with(psp, remedy).Increment();
}

void Metrics::late_charges_standing(std::string_view psp, std::string_view account, std::string_view mode,
                                    std::int64_t count) {
    state_->late_charges.with(psp, account, mode).Set(static_cast<double>(count));
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

void Metrics::psp_event_received(std::string_view psp, std::string_view kept) {
    state_->psp_events_received.with(psp, kept).Increment();
}

void Metrics::psp_event_refused(std::string_view psp, std::string_view why) {
    state_->psp_events_refused.with(psp, why).Increment();
}

void Metrics::psp_event_backlog(std::int64_t waiting, std::int64_t parked, std::chrono::milliseconds oldest,
                                std::chrono::milliseconds oldest_parked) {
    state_->psp_events_waiting.with().Set(static_cast<double>(waiting));
    state_->psp_events_parked.with().Set(static_cast<double>(parked));
    state_->oldest_psp_event.with().Set(seconds(oldest));
    state_->oldest_parked_psp_event.with().Set(seconds(oldest_parked));
}

void Metrics::psp_event(std::string_view psp, std::string_view what) {
    state_->psp_events.with(psp, what).Increment();
}

void Metrics::events_relayed(std::size_t count) {
    state_->events_relayed.with().Increment(static_cast<double>(count));
}

void Metrics::relay_lag(std::chrono::milliseconds oldest) {
    state_->relay_lag.with().Set(seconds(oldest));
}

void Metrics::webhook_delivery(std::string_view result) {
    state_->webhook_deliveries.with(result).Increment();
}

void Metrics::webhook_endpoint_disabled(std::string_view reason) {
    state_->webhook_disabled.with(reason).Increment();
}

void Metrics::webhook_backlog(const WebhookBacklog& backlog) {
    state_->webhook_pending.with().Set(static_cast<double>(backlog.pending));
    state_->webhook_lag.with().Set(seconds(backlog.lag));
    state_->webhook_failing.with().Set(static_cast<double>(backlog.failing));
    state_->webhook_disabled_now.with().Set(static_cast<double>(backlog.disabled));
}

void Metrics::open_operations(const Waiting& waiting) {
    state_->open.with().Set(static_cast<double>(waiting.open));
    state_->parked.with().Set(static_cast<double>(waiting.parked));
    state_->waiting_for_payer.with().Set(static_cast<double>(waiting.waiting_for_payer));
    state_->oldest.with().Set(seconds(waiting.oldest_open));
    state_->oldest_parked.with().Set(seconds(waiting.oldest_parked));
    state_->parked_amount.for_each([](Gauge& gauge) { gauge.Set(0); });
    state_->at_risk.for_each([](Gauge& gauge) { gauge.Set(0); });
    state_->expiring.for_each([](Gauge& gauge) { gauge.Set(0); });
}

void Metrics::amount_at_risk(std::string_view currency, std::int64_t minor_units) {
    state_->at_risk.with(currency).Set(static_cast<double>(minor_units));
}

void Metrics::amount_parked(std::string_view currency, std::int64_t minor_units) {
    state_->parked_amount.with(currency).Set(static_cast<double>(minor_units));
}

void Metrics::resolver_pace(std::string_view psp, std::string_view mode, double per_second) {
    state_->pace.with(psp, mode).Set(per_second);
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
