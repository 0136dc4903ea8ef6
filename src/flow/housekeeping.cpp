#include "flow/housekeeping.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "observe/log.hpp"

namespace florin::flow {
namespace {

constexpr Milliseconds kTick{1'000};
constexpr Milliseconds kCountEvery{10'000};
constexpr Milliseconds kCountAtLeastEvery{5 * 60'000};
constexpr int kShareOfCounting = 20;
constexpr Milliseconds kAlertEvery{60'000};
constexpr Milliseconds kMonthsEvery{3'600'000};
constexpr Milliseconds kWithin{30'000};
constexpr Milliseconds kExpiringWithin{24 * 3'600'000};

void log_failure(std::string_view what, const std::exception& error) {
    observe::log(observe::Level::error, "worker.failed", {{"what", what}, {"why", error.what()}});
}

}  // namespace

Milliseconds pause_between_counts(Milliseconds took) {
    return std::clamp(took * kShareOfCounting, kCountEvery, kCountAtLeastEvery);
}

Housekeeping::Housekeeping(const Services& services)
    : services_(services),
      count_at_(Deadline::after(Milliseconds{0})),
      alert_at_(Deadline::after(Milliseconds{0})),
      months_at_(Deadline::after(Milliseconds{0})) {}

Task<Milliseconds> Housekeeping::pass() {
    if (months_at_.passed()) {
        months_at_ = Deadline::after(kMonthsEvery);
        co_await keep_months_ahead();
    }
    if (count_at_.passed()) {
        const auto began = std::chrono::steady_clock::now();
        co_await count_open();
        co_await count_psp_events();
        const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began);
        count_at_ = Deadline::after(pause_between_counts(took));
        co_await measure_relay();
    }
    if (alert_at_.passed()) {
        alert_at_ = Deadline::after(kAlertEvery);
        co_await alert_of_lost_accounts();
        co_await park_unknown_kinds();
    }
    co_return kTick;
}

Task<void> Housekeeping::count_open() {
    try {
        const auto all = co_await services_.store.overview(kExpiringWithin, Deadline::after(kWithin));
        auto& metrics = services_.metrics;
        metrics.open_operations({.open = all.open.count,
                                 .parked = all.parked.count,
                                 .waiting_for_payer = all.waiting_for_payer.count,
                                 .oldest_open = all.open.oldest,
                                 .oldest_parked = all.parked.oldest});
        for (const auto& [currency, amount] : all.open.at_risk) metrics.amount_at_risk(currency, amount);
        for (const auto& [currency, amount] : all.parked.at_risk) metrics.amount_parked(currency, amount);
        for (const auto& [currency, amount] : all.expiring.at_risk) metrics.amount_expiring(currency, amount);
    } catch (const std::exception& error) {
        log_failure("overview", error);
    }
}

Task<void> Housekeeping::count_psp_events() {
    try {
        const auto backlog = co_await services_.store.psp_events().backlog(Deadline::after(kWithin));
        services_.metrics.psp_event_backlog(backlog.waiting, backlog.parked, backlog.oldest, backlog.oldest_parked);
    } catch (const std::exception& error) {
        log_failure("psp_event_backlog", error);
    }
}

// Measured here and not by the relay, so that one that stands is seen.
Task<void> Housekeeping::measure_relay() {
    try {
        services_.metrics.relay_lag(co_await services_.store.events().lag(Deadline::after(kWithin)));
    } catch (const std::exception& error) {
        log_failure("relay_lag", error);
    }
}

// Written by a newer release that was rolled back, or by nobody: it waits for who knows it, and stands in nobody's way.
Task<void> Housekeeping::park_unknown_kinds() {
    try {
        for (const auto& row : co_await services_.store.park_unknown_kinds(Deadline::after(kWithin))) {
            observe::log(
                observe::Level::error, "worker.kind_unknown",
                {{"payment", to_string(row.payment)}, {"operation", to_string(row.operation)}, {"kind", row.kind}});
        }
    } catch (const std::exception& error) {
        log_failure("park_unknown_kinds", error);
    }
}

// It stays open until the account is configured again: nothing is guessed of what only that account knows.
Task<void> Housekeeping::alert_of_lost_accounts() {
    try {
        for (const auto& due : co_await services_.store.due_by_account(Deadline::after(kWithin))) {
            if (services_.psps.find(due.account) != nullptr) continue;
            observe::log(observe::Level::error, "worker.account_lost",
                         {{"psp", due.account.psp},
                          {"account", due.account.name},
                          {"mode", due.account.live ? "live" : "test"},
                          {"due", due.count}});
            services_.metrics.psp_alert(due.account.psp, "account_lost");
        }
    } catch (const std::exception& error) {
        log_failure("due_by_account", error);
    }
}

Task<void> Housekeeping::keep_months_ahead() {
    try {
        co_await services_.store.ensure_partitions(Deadline::after(kWithin));
    } catch (const std::exception& error) {
        log_failure("ensure_partitions", error);
        months_at_ = Deadline::after(kCountEvery);
    }
}

}  // namespace florin::flow
