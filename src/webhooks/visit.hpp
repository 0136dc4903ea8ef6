// What a deliverer and its visits share, and a visit: the time for which an endpoint's queue is this worker's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <random>
#include <vector>

#include "base/timer.hpp"
#include "webhooks/deliverer.hpp"

namespace florin::webhooks {

class Visit;

// One per deliverer, alive as long as a visit is.
struct Work {
    Work(Deliverer::Services all, DelivererOptions chosen);

    Deliverer::Services services;
    DelivererOptions options;
    std::mt19937 random{std::random_device{}()};
    bool is_stopping = false;
    std::size_t in_flight = 0;
    std::vector<std::shared_ptr<Visit>> visits;  // under way, and ended whose queue is not given back yet
    std::vector<store::DeliveryResult> results;  // not written yet
    Timer wake;

    double dice() { return std::uniform_real_distribution<double>(0, 1)(random); }
};

class Visit : public std::enable_shared_from_this<Visit> {
public:
    Visit(std::shared_ptr<Work> work, store::TakenQueue queue);
    void start();

    // Its queue is held by another, or by nobody since the endpoint was changed: it sends nothing more, and what it has
    // learned counts for nothing.
    void lose_queue() { is_over_ = is_lost_ = true; }
    bool is_of(WebhookEndpointId endpoint, std::int64_t generation) const {
        return queue_.endpoint == endpoint && queue_.generation == generation;
    }
    bool has_ended() const { return lanes_ == 0; }
    bool is_failing() const { return queue_.failures > 0; }
    bool is_slow() const { return slow_.passed(); }
    // How its queue is given back, or the reason for which its endpoint is to be disabled.
    store::ReturnedQueue returned() const;
    std::optional<store::DisableReason> disable_reason() const;

private:
    class Lane;
    static Task<void> run(std::shared_ptr<Visit> visit, Lane lane);
    void add_lane();
    const store::DueDelivery* next();
    Task<void> deliver(const store::DueDelivery& delivery);
    void record(const store::DueDelivery& delivery, const Verdict& verdict);
    bool is_backed_off() const;
    void give_up(const store::DueDelivery& delivery, const std::string& why);

    std::shared_ptr<Work> work_;
    store::TakenQueue queue_;
    std::vector<Secret> secrets_;
    std::size_t next_ = 0;
    std::size_t lanes_ = 0;
    Deadline start_until_, slow_;
    std::size_t failures_ = 0;                   // since the last success
    std::optional<Milliseconds> retry_after_{};  // the longest that the endpoint has asked for
    bool has_answered_ = false, is_over_ = false, is_gone_ = false, is_lost_ = false;
};

}  // namespace florin::webhooks
