// One try of a delivery as it goes over the wire (Standard Webhooks 1.0), and what an answer to it means. Pure.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "store/webhook_deliveries.hpp"

namespace florin::webhooks {

// More than any document has; a receiver may count on it.
inline constexpr std::size_t kBodyBytes = 256 * 1024;

// The same bytes on every try; or why it can never be delivered.
std::expected<std::string, std::string> body_of(const store::DueDelivery& delivery);

// A POST to an endpoint. `webhook-id` is the event's on every try; timestamp and signature are fresh.
struct Post {
    std::string url{};
    bool live = false;
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
};
Post make_post(const store::TakenQueue& queue, EventId event, std::span<const Secret> secrets, WallTime now,
               std::string body);

struct Answer {
    int status = 0;
    std::optional<Milliseconds> retry_after{};
};
// No answer: why not, in our words.
using Posted = std::expected<Answer, std::string>;
// Sends to the outside. The deadline is for all of it.
using Sender = std::function<Task<Posted>(Post post, Deadline deadline)>;

// Seconds, or an HTTP date (RFC 9110, 10.2.3); empty for anything else.
std::optional<Milliseconds> parse_retry_after(std::string_view text, WallTime now);

struct Verdict {
    enum class End : std::uint8_t { delivered, failed, gone } end = End::failed;
    std::optional<std::int16_t> status{};
    std::optional<Milliseconds> retry_after{};  // of 429 and 503 alone
    std::string error{};                        // empty when it is delivered
};
// Any 2xx is delivered; 410 says that the endpoint is gone; everything else, redirects too, is a failure.
Verdict judge(const Posted& posted);

}  // namespace florin::webhooks
