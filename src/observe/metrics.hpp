// The process's metrics, each with its documented name and help text, rendered for GET /metrics (Prometheus text
// format). Series are resolved once and found again by their labels' values. All methods are called on the loop. Labels
// take words of ours only (names of PSPs, outcomes, routes), never ids or texts from outside: each new value is a
// series for ever.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace florin::observe {

class Metrics {
public:
    Metrics();
    ~Metrics();

    void operation_outcome(std::string_view psp, std::string_view kind, std::string_view outcome);
    void psp_call(std::string_view psp, std::string_view call, std::string_view result, std::chrono::nanoseconds took);
    void psp_alert(std::string_view psp, std::string_view why);        // florin_psp_alerts_total
    void late_success(std::string_view psp, std::string_view remedy);  // florin_late_successes_total
    void late_charges_standing(std::string_view psp, std::string_view account, std::string_view mode,
                               std::int64_t count);
    void batch(std::string_view kind, std::size_t items, std::chrono::nanoseconds took);  // florin_commit_*
    void queue_depth(std::size_t items);
    void http_request(std::string_view route, int status, std::chrono::nanoseconds took);
    void shed(std::string_view kind);        // florin_shed_total: requests refused because of overload
    void rate_limited(std::string_view by);  // florin_rate_limited_total
    void resolver(std::string_view step, std::string_view result);
    void psp_event_received(std::string_view psp, std::string_view kept);  // florin_psp_events_received_total
    void psp_event_refused(std::string_view psp, std::string_view why);    // florin_psp_events_refused_total
    void psp_event_backlog(std::int64_t waiting, std::int64_t parked, std::chrono::milliseconds oldest,
                           std::chrono::milliseconds oldest_parked);
    void psp_event(std::string_view psp, std::string_view what);  // florin_psp_events_total: how work on one ended
    void events_relayed(std::size_t count);                       // florin_events_relayed_total
    void relay_lag(std::chrono::milliseconds oldest);             // florin_relay_lag_seconds
    // florin_webhook_deliveries_total: delivered, failed (tried again later), given_up, undeliverable
    void webhook_delivery(std::string_view result);
    void webhook_endpoint_disabled(std::string_view reason);  // florin_webhook_endpoints_disabled_total
    struct WebhookBacklog {
        std::int64_t pending = 0, failing = 0, disabled = 0;
        std::chrono::milliseconds lag{0};
    };
    void webhook_backlog(const WebhookBacklog& backlog);
    // Begins a new summary: every currency's amounts are 0 until the amount_…() below set them again.
    struct Waiting {
        std::int64_t open = 0, parked = 0, waiting_for_payer = 0;
        std::chrono::milliseconds oldest_open{0}, oldest_parked{0};
    };
    void open_operations(const Waiting& waiting);
    void amount_at_risk(std::string_view currency, std::int64_t minor_units);
    void amount_parked(std::string_view currency, std::int64_t minor_units);
    void amount_expiring(std::string_view currency, std::int64_t minor_units);  // authorizations, within a day
    // How fast the resolver may ask a PSP account at the moment; 0 while the PSP does not answer.
    void resolver_pace(std::string_view psp, std::string_view mode, double per_second);

    std::string render() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::observe
