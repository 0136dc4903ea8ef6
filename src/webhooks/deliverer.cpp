#include "webhooks/deliverer.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <chrono>
#include <exception>

#include "base/fail_point.hpp"
#include "observe/log.hpp"
#include "webhooks/visit.hpp"

namespace florin::webhooks {
namespace {

constexpr Milliseconds kWithin{10'000};
constexpr Milliseconds kTroubled{1'000};
constexpr Milliseconds kAtLeast{20};  // between two passes: what ends meanwhile is written together
constexpr Milliseconds kDrain{3'000};
constexpr Milliseconds kCountEvery{10'000};
constexpr Milliseconds kCountAtLeastEvery{5 * 60'000};
constexpr int kShareOfCounting = 20;

using WorkPtr = std::shared_ptr<Work>;

int room(std::size_t most, std::size_t taken) {
    return static_cast<int>(most - std::min(most, taken));
}

store::TakeLimits limits_of(const Work& work) {
    const auto& options = work.options;
    std::size_t failing = 0, answering = 0;
    for (const auto& visit : work.visits) {
        if (visit->is_failing())
            ++failing;
        else if (!visit->is_slow())
            ++answering;
    }
    const int left = room(options.visits, work.visits.size());
    return {.queues = std::min(left, room(options.answering, answering)),
            .failing = std::min(left, room(options.failing, failing)),
            .deliveries = options.deliveries,
            .lease = options.lease};
}

// Says whether there may be more.
Task<bool> take(WorkPtr work) {
    const auto limits = limits_of(*work);
    if (limits.queues == 0 && limits.failing == 0) co_return false;
    auto queues = co_await work->services.deliveries.take(limits, Deadline::after(kWithin));
    if (!queues.empty()) FLORIN_FAIL_POINT("deliveries_taken");
    const bool is_full = queues.size() >= static_cast<std::size_t>(std::max(limits.queues, 1));
    for (auto& queue : queues) {
        auto visit = std::make_shared<Visit>(work, std::move(queue));
        work->visits.push_back(visit);
        visit->start();
    }
    co_return is_full;
}

void lose_queue(const Work& work, const store::Finished::Lost& lost) {
    for (const auto& visit : work.visits) {
        if (visit->is_of(lost.endpoint, lost.generation)) visit->lose_queue();
    }
}

// What is not written because the database is gone is written later; until then it stays due, and its queue taken.
Task<void> write_results(WorkPtr work) {
    auto results = std::exchange(work->results, {});
    if (results.empty()) co_return;
    std::exception_ptr failure;
    try {
        FLORIN_FAIL_POINT("deliveries_before_finish");
        const auto finished = co_await work->services.deliveries.finish(results, Deadline::after(kWithin));
        for (const auto& lost : finished.lost) lose_queue(*work, lost);
        FLORIN_FAIL_POINT("deliveries_after_finish");
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    if (!failure) co_return;
    work->results.insert(work->results.begin(), results.begin(), results.end());
    std::rethrow_exception(failure);
}

Task<void> disable(WorkPtr work, WebhookEndpointId endpoint, store::DisableReason reason) {
    if (!co_await work->services.deliveries.disable(endpoint, reason, Deadline::after(kWithin))) co_return;
    work->services.metrics.webhook_endpoint_disabled(to_string(reason));
    observe::log(observe::Level::warning, "webhook.endpoint_disabled",
                 {{"endpoint", to_string(endpoint)}, {"why", to_string(reason)}});
}

// Visits that had ended before the results were written; at the end of the worker all of them.
Task<void> give_back(WorkPtr work, std::vector<std::shared_ptr<Visit>> ended) {
    std::vector<store::ReturnedQueue> queues;
    for (const auto& visit : ended) {
        if (const auto reason = visit->disable_reason()) co_await disable(work, visit->returned().endpoint, *reason);
        queues.push_back(visit->returned());
    }
    if (!queues.empty()) {
        co_await work->services.deliveries.give_back(std::move(queues), Deadline::after(kWithin));
        FLORIN_FAIL_POINT("queues_given_back");
    }
    std::erase_if(work->visits, [&](const auto& visit) { return std::ranges::find(ended, visit) != ended.end(); });
}

std::vector<std::shared_ptr<Visit>> ended_visits(const Work& work) {
    std::vector<std::shared_ptr<Visit>> ended;
    std::ranges::copy_if(work.visits, std::back_inserter(ended), [](const auto& visit) { return visit->has_ended(); });
    return ended;
}

Task<void> write(WorkPtr work) {
    auto ended = ended_visits(*work);
    co_await write_results(work);
    co_await give_back(work, std::move(ended));
}

// Says after which time to count again: a backlog of millions is not counted all the time.
Task<Milliseconds> count(WorkPtr work) {
    const auto began = std::chrono::steady_clock::now();
    const auto backlog = co_await work->services.deliveries.backlog(Deadline::after(kWithin));
    work->services.metrics.webhook_backlog(
        {.pending = backlog.pending, .failing = backlog.failing, .disabled = backlog.disabled, .lag = backlog.lag});
    const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began);
    co_return std::clamp(took * kShareOfCounting, kCountEvery, kCountAtLeastEvery);
}

void log_failure(const std::exception& error) {
    observe::log(observe::Level::error, "worker.failed", {{"what", "webhooks"}, {"why", error.what()}});
}

// Until somebody wakes it, or for so long; never shorter than kAtLeast.
Task<void> rest(WorkPtr work, Milliseconds pause) {
    Timer at_least(work->services.executor, kAtLeast);
    co_await at_least.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (!ended_visits(*work).empty() || work->is_stopping || pause <= kAtLeast) co_return;
    work->wake.expires_after(pause - kAtLeast);
    co_await work->wake.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

Task<Milliseconds> pass(WorkPtr work, Deadline& count_at) {
    try {
        co_await write(work);
        const bool has_more = !work->is_stopping && co_await take(work);
        if (count_at.passed()) {
            count_at = Deadline::after(kCountEvery);
            count_at = Deadline::after(co_await count(work));
        }
        co_return has_more ? Milliseconds{0} : work->options.pause;
    } catch (const std::exception& error) {
        log_failure(error);
    }
    co_return kTroubled;
}

}  // namespace

Deliverer::Deliverer(Services services, DelivererOptions options)
    : work_(std::make_shared<Work>(std::move(services), options)) {}

Deliverer::~Deliverer() = default;

Task<void> Deliverer::run() {
    const auto work = work_;
    auto count_at = Deadline::after(Milliseconds{0});
    while (!work->is_stopping) {
        const auto pause = co_await pass(work, count_at);
        if (!work->is_stopping) co_await rest(work, pause);
    }
    for (const auto until = Deadline::after(kDrain); !until.passed();) {
        if (std::ranges::all_of(work->visits, [](const auto& visit) { return visit->has_ended(); })) break;
        co_await rest(work, kAtLeast);
    }
    // An endpoint that has not answered by now gets its deliveries again, from whoever takes its queue.
    try {
        co_await write_results(work);
        co_await give_back(work, work->visits);
    } catch (const std::exception& error) {
        log_failure(error);
    }
}

void Deliverer::stop() {
    work_->is_stopping = true;
    work_->wake.cancel();
}

}  // namespace florin::webhooks
