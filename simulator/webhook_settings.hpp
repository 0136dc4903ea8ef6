// Where webhooks go and how they misbehave as a whole; single ones misbehave by faults on the operation "webhook".
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace florin::simulator {

enum class EventOrder : std::uint8_t { as_happened, reversed, shuffled };

struct WebhookSettings {
    std::string url{};                   // http://address[:port]/path; empty: no events are made
    std::vector<std::string> secrets{};  // each signs: two while one replaces the other
    std::int64_t delay_ms = 0;           // from what happened until the first try, by the simulator's clock
    bool before_answer = false;          // the API answer waits until its events have been tried
    bool hold = false;                   // nothing is sent by itself: POST events/release says what and in which order
    EventOrder order = EventOrder::as_happened;
    std::int64_t gather_ms = 500;      // another order needs company: events wait that long for it
    std::int64_t retry_ms = 1'000;     // the first pause after a failure; each next one is twice as long, up to 1 h
    std::int64_t timeout_ms = 10'000;  // of a try
    std::int64_t connections = 16;     // at most
};

// False when the name is none of these settings or the value none of its.
bool read_webhook_setting(std::string_view name, const boost::json::value& value, WebhookSettings& settings);
void show(const WebhookSettings& settings, boost::json::object& shown);

}  // namespace florin::simulator
