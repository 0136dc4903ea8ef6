#include "webhooks/message.hpp"

#include <fmt/format.h>

#include <charconv>
#include <ctime>

#include "events/document.hpp"
#include "webhooks/signature.hpp"

namespace florin::webhooks {
namespace {

constexpr int kGone = 410;
constexpr int kTooMany = 429;
constexpr int kUnavailable = 503;
constexpr std::size_t kErrorBytes = 200;

}  // namespace

std::expected<std::string, std::string> body_of(const store::DueDelivery& delivery) {
    if (!delivery.told || delivery.told->body.empty()) return std::unexpected("what the event tells is lost");
    auto body = events::document(*delivery.told);
    if (body.size() > kBodyBytes) return std::unexpected(fmt::format("the event has more than {} bytes", kBodyBytes));
    return body;
}

Post make_post(const store::TakenQueue& queue, EventId event, std::span<const Secret> secrets, WallTime now,
               std::string body) {
    const auto id = to_string(event);
    const auto timestamp = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    return {.url = queue.url,
            .live = queue.live,
            .headers = {{"Content-Type", "application/json"},
                        {"User-Agent", "Florin-Webhooks/1.0"},
                        {"webhook-id", id},
                        {"webhook-timestamp", std::to_string(timestamp)},
                        {"webhook-signature", sign(secrets, id, timestamp, body)}},
            .body = std::move(body)};
}

std::optional<Milliseconds> parse_retry_after(std::string_view text, WallTime now) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t kAWeek = 7 * 24 * 3600;
    if (error == std::errc() && end == text.data() + text.size()) {
        return seconds < 0 ? std::nullopt : std::optional(Milliseconds(1000 * std::min(seconds, kAWeek)));
    }
    std::tm time{};
    const std::string date(text);
    const auto* rest = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    const auto at = WallTime(std::chrono::seconds(::timegm(&time)));
    return std::max(std::chrono::duration_cast<Milliseconds>(at - now), Milliseconds{0});
}

Verdict judge(const Posted& posted) {
    if (!posted) return {.error = posted.error().substr(0, kErrorBytes)};
    const auto status = posted->status;
    Verdict verdict{.status = static_cast<std::int16_t>(status)};
    if (status >= 200 && status < 300) {
        verdict.end = Verdict::End::delivered;
        return verdict;
    }
    if (status == kGone) verdict.end = Verdict::End::gone;
    if (status == kTooMany || status == kUnavailable) verdict.retry_after = posted->retry_after;
    verdict.error = status >= 300 && status < 400 ? fmt::format("answered {}: redirects are not followed", status)
                                                  : fmt::format("answered {}", status);
    return verdict;
}

}  // namespace florin::webhooks
