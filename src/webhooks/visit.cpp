#include "webhooks/visit.hpp"

#include <exception>

#include "base/fail_point.hpp"
#include "observe/log.hpp"
#include "webhooks/schedule.hpp"

namespace florin::webhooks {
namespace {

// An endpoint that answers within it gets more at once; a failure that takes longer, as each time-out, ends the visit.
constexpr Milliseconds kQuick{1'000};
constexpr Milliseconds kSlow{2'000};  // a visit that takes longer is no longer counted as one that answers
constexpr std::int32_t kMostFailures = 1'000'000;

std::vector<Secret> unsealed(const Sealer& sealer, const store::TakenQueue& queue) {
    std::vector<Secret> secrets;
    for (const auto& [number, sealed] : queue.secrets) {
        if (auto secret = sealer.unseal(queue.endpoint, number, sealed)) secrets.push_back(std::move(*secret));
    }
    return secrets;
}

}  // namespace

Work::Work(Deliverer::Services all, DelivererOptions chosen)
    : services(std::move(all)), options(chosen), wake(services.executor) {}

// Ends the count also when the coroutine is destroyed with its loop.
class Visit::Lane {
public:
    explicit Lane(Visit& visit) : visit_(&visit) {
        ++visit.lanes_;
        ++visit.work_->in_flight;
    }
    ~Lane() {
        if (visit_ == nullptr) return;
        --visit_->work_->in_flight;
        if (--visit_->lanes_ == 0) visit_->work_->wake.cancel();
    }
    Lane(Lane&& other) noexcept : visit_(std::exchange(other.visit_, nullptr)) {}
    Lane& operator=(Lane&&) = delete;

private:
    Visit* visit_;
};

Visit::Visit(std::shared_ptr<Work> work, store::TakenQueue queue)
    : work_(std::move(work)),
      queue_(std::move(queue)),
      secrets_(unsealed(work_->services.sealer, queue_)),
      start_until_(Deadline::after(work_->options.start_within)),
      slow_(Deadline::after(kSlow)) {}

void Visit::start() {
    if (!queue_.due.empty()) add_lane();
}

void Visit::add_lane() {
    auto self = shared_from_this();
    spawn(work_->services.executor, run(self, Lane(*self)));
}

// Parameters are destroyed in the reverse order: the lane before the visit that it counts in.
Task<void> Visit::run(std::shared_ptr<Visit> visit, Lane) {
    try {
        while (const auto* delivery = visit->next()) co_await visit->deliver(*delivery);
    } catch (const std::exception& error) {
        ++visit->failures_;
        visit->is_over_ = true;
        observe::log(observe::Level::error, "worker.failed", {{"what", "webhooks"}, {"why", error.what()}});
    }
}

const store::DueDelivery* Visit::next() {
    const bool is_over = work_->is_stopping || is_over_ || start_until_.passed();
    return is_over || next_ == queue_.due.size() ? nullptr : &queue_.due[next_++];
}

Task<void> Visit::deliver(const store::DueDelivery& delivery) {
    auto body = body_of(delivery);
    if (!body) {
        give_up(delivery, body.error());
        co_return;
    }
    if (secrets_.empty()) {
        record(delivery, {.error = "the secret of the endpoint cannot be read: rotate it"});
        co_return;
    }
    auto post = make_post(queue_, delivery.event, secrets_, work_->services.clock.now(), std::move(*body));
    FLORIN_FAIL_POINT("delivery_before_send");
    const auto is_quick_until = Deadline::after(kQuick);
    const auto posted = co_await work_->services.send(std::move(post), Deadline::after(work_->options.timeout));
    FLORIN_FAIL_POINT("delivery_after_send");
    const bool is_quick = !is_quick_until.passed();
    record(delivery, judge(posted));
    if (failures_ > 0 && !is_quick) is_over_ = true;
    const bool may_widen = failures_ == 0 && is_quick && next_ < queue_.due.size();
    const auto& options = work_->options;
    if (may_widen && lanes_ < options.per_endpoint && work_->in_flight < options.in_flight) add_lane();
}

void Visit::record(const store::DueDelivery& delivery, const Verdict& verdict) {
    store::DeliveryResult result{.endpoint = queue_.endpoint,
                                 .generation = queue_.generation,
                                 .event = delivery.event,
                                 .tries = delivery.tries,
                                 .end = store::Delivered{},
                                 .status = verdict.status,
                                 .error = verdict.error};
    auto& metrics = work_->services.metrics;
    if (verdict.end == Verdict::End::delivered) {
        failures_ = 0;
        has_answered_ = true;
        metrics.webhook_delivery("delivered");
    } else {
        const auto after = next_try({.tries = delivery.tries + 1,
                                     .since_first_try = delivery.since_first_try,
                                     .retry_after = verdict.retry_after,
                                     .dice = work_->dice()});
        if (after)
            result.end = store::TryAgain{*after};
        else
            result.end = store::GivenUp{};
        ++failures_;
        retry_after_ = std::max(retry_after_, verdict.retry_after);
        is_gone_ = is_gone_ || verdict.end == Verdict::End::gone;
        is_over_ = is_over_ || is_gone_ || retry_after_ || failures_ >= kFailuresInARow;
        metrics.webhook_delivery(after ? "failed" : "given_up");
    }
    observe::log(observe::Level::debug, "webhook.tried",
                 {{"endpoint", to_string(queue_.endpoint)},
                  {"delivery", to_string(delivery.event)},
                  {"status", verdict.status.value_or(0)},
                  {"why", verdict.error}});
    work_->results.push_back(std::move(result));
}

// It is this event's fault and not the endpoint's: the others go on.
void Visit::give_up(const store::DueDelivery& delivery, const std::string& why) {
    observe::log(observe::Level::error, "webhook.undeliverable",
                 {{"endpoint", to_string(queue_.endpoint)}, {"delivery", to_string(delivery.event)}, {"why", why}});
    work_->services.metrics.webhook_delivery("undeliverable");
    work_->results.push_back({.endpoint = queue_.endpoint,
                              .generation = queue_.generation,
                              .event = delivery.event,
                              .tries = delivery.tries,
                              .end = store::GivenUp{},
                              .error = why});
}

// An endpoint that has answered and lost some is not failing.
bool Visit::is_backed_off() const {
    return retry_after_ || (failures_ > 0 && (is_over_ || !has_answered_));
}

store::ReturnedQueue Visit::returned() const {
    store::ReturnedQueue queue{.endpoint = queue_.endpoint,
                               .generation = queue_.generation,
                               .failures = has_answered_ ? 0 : queue_.failures,
                               .has_answered = has_answered_};
    if (!is_backed_off()) return queue;
    queue.failures = std::min(queue_.failures + 1, kMostFailures);
    queue.back_off = back_off(queue.failures, retry_after_, work_->dice());
    return queue;
}

std::optional<store::DisableReason> Visit::disable_reason() const {
    if (is_lost_) return std::nullopt;
    if (is_gone_) return store::DisableReason::gone;
    const bool fails_for_long = failures_ > 0 && !has_answered_ && queue_.failing_for >= work_->options.disable_after;
    return fails_for_long ? std::optional(store::DisableReason::failing) : std::nullopt;
}

}  // namespace florin::webhooks
