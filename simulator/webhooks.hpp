// Stripe's webhooks: makes the events of what happens, and delivers each until the receiver answers 2xx, as often, as
// late and in whatever order the settings and faults have it.
//
// An event leaves only after the truth that it tells of is durable. It is delivered at least once and in no promised
// order. A failed try is repeated after a pause that doubles (Settings::webhooks.retry_ms, up to an hour, by the
// simulator's clock); nothing is given up, but at most kMostWaiting deliveries wait: further events are lost and
// counted. The signature's time is the machine's clock and not the simulator's, because that is what a receiver
// compares with.
#pragma once

#include <boost/json/object.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "simulator/event.hpp"
#include "simulator/form.hpp"
#include "simulator/http_message.hpp"
#include "simulator/random.hpp"
#include "simulator/webhook_pool.hpp"

namespace florin::simulator {

struct World;
struct Fault;

class Webhooks {
public:
    Webhooks(World& world, Server& server, std::uint64_t seed);

    // Called while somebody receives webhooks, so that what is due by the clock happens without a request.
    std::function<void()> pass_time{};

    bool is_on() const;
    // A request begins; what happens until the next one is its doing.
    void begin(Cause cause);
    void note(const Told& before, const Intent& after);
    // Lets the answer of the request wait for its events, where the settings want that.
    void hold_back(Answer& answer);
    // The truth is durable: what was noted may leave.
    void flushed();
    void settings_changed() { pump(); }

    // webhooks_control.cpp: /_simulator/events…
    Checked<boost::json::object> list(const Form& asked) const;
    // A document as it is given, signed and sent like any other.
    boost::json::object inject(std::string body);
    bool resend(std::string_view id);
    // Sends what `webhook_hold` keeps: the named events in that order, or all of them in `order`.
    Checked<boost::json::object> release(const boost::json::object& wanted);

private:
    using SharedEvent = std::shared_ptr<Event>;
    struct Delivery {
        SharedEvent event{};
        std::int64_t due_us = 0;  // by the simulator's clock
        std::uint64_t sequence = 0;
        int tries = 0;
        bool operator>(const Delivery& other) const {
            return due_us != other.due_us ? due_us > other.due_us : sequence > other.sequence;
        }
    };

    std::string new_id();
    void keep(const SharedEvent& event);
    void plan(const SharedEvent& event);
    std::int64_t apply(const Fault& fault, const SharedEvent& event, std::vector<SharedEvent>& copies);
    void enqueue(const SharedEvent& event, std::int64_t due_us);
    void push(const SharedEvent& event, std::int64_t due_us, int tries = 0);
    void shuffle(std::vector<SharedEvent>& events);
    void send_gathered();
    void pump();
    void send(Delivery delivery);
    std::string request_of(const Event& event);
    void finished(const Delivery& delivery, int status);
    void arm();
    std::size_t waiting() const { return due_.size() + held_.size() + gathered_.size(); }

    static constexpr std::size_t kMostWaiting = 100'000;
    static constexpr std::size_t kMostKept = 20'000;

    World& world_;
    Server& server_;
    WebhookPool pool_;
    Random random_;  // of its own: ids and delays of the API do not depend on webhooks
    Cause cause_{};
    std::vector<SharedEvent> noted_{};  // not durable yet
    std::size_t noted_before_ = 0;      // how many of them belong to earlier requests
    std::vector<SharedEvent> held_{};
    std::vector<SharedEvent> gathered_{};
    std::int64_t gathered_since_us_ = 0;
    std::priority_queue<Delivery, std::vector<Delivery>, std::greater<>> due_{};
    std::deque<SharedEvent> kept_{};  // the last ones, to be listed and sent again
    boost::unordered_flat_map<std::string, SharedEvent> by_id_{};
    std::uint64_t next_sequence_ = 1;
    std::uint64_t lost_ = 0;  // there was no room
    bool armed_ = false;
};

}  // namespace florin::simulator
