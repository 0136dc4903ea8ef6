// One of Stripe's events: the document that a webhook carries, and how its delivery goes. Events and their deliveries
// belong to the process: after a restart nothing old is sent again, as if Stripe had lost it. The truth survives, so
// whoever waits for an event that will never come can still ask.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "simulator/told.hpp"

namespace florin::simulator {

// Holds back an API answer until the events of its request have been tried once.
struct Gate {
    int open = 0;
    std::function<void()> release{};

    void pass() {
        if (--open == 0 && release) release();
    }
};

struct Event {
    enum class State : std::uint8_t { waiting, delivered, dropped };
    std::string id{};
    std::string type{};
    std::string object_id{};  // of data.object
    std::string intent_id{};
    std::string payment_id{};  // our reference, where the intent has one
    std::string body{};
    Pairs metadata{};  // of the intent, for faults
    State state = State::waiting;
    int tries = 0;
    int last_status = 0;  // 0: no answer, or not tried yet
    std::shared_ptr<Gate> gate{};
};
std::string_view to_string(Event::State state);

// The API request that made something happen; empty when it happened by itself.
struct Cause {
    std::string request_id{};
    std::string idempotency_key{};
};

struct EventFacts {
    const Happening& what;
    const Told& before;
    const Intent& after;
    const Cause& cause;
    std::int64_t created_s;
};
// The document with the object as the API shows it now.
std::string render_event(std::string_view id, const EventFacts& facts);
Event make_event(std::string id, const EventFacts& facts);

// Stripe-Signature: `t` in Unix seconds and one `v1` for each secret (docs.stripe.com/webhooks#verify-manually).
std::string sign(std::string_view body, std::int64_t t, const std::vector<std::string>& secrets);

}  // namespace florin::simulator
