#include "psp/stripe/heard.hpp"

#include <algorithm>
#include <charconv>

#include "psp/stripe/decode.hpp"
#include "psp/stripe/probe.hpp"

namespace florin::psp::stripe {
namespace {

constexpr int kTooMany = 429;
constexpr int kServerError = 500;
constexpr std::int64_t kLongestWait = 3600;  // s; nobody makes us deaf for longer

// RFC 9110 §10.2.3: seconds, or a date.
std::optional<Milliseconds> retry_after(const http::ClientAnswer& answer, WallTime now) {
    const auto* text = answer.find_header("retry-after");
    if (text == nullptr) return std::nullopt;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (error != std::errc() || end != text->data() + text->size()) {
        const auto date = parse_http_date(*text);
        if (!date) return std::nullopt;
        seconds = std::chrono::ceil<std::chrono::seconds>(*date - now).count();
    }
    return Milliseconds(std::clamp<std::int64_t>(seconds, 0, kLongestWait) * 1000);
}

}  // namespace

Heard heard_of(const std::expected<http::ClientAnswer, http::ClientFailure>& wire, WallTime now) {
    if (!wire) return {.kind = Heard::Kind::silent};
    if (wire->status == kTooMany) return {.kind = Heard::Kind::limited, .wait = retry_after(*wire, now)};
    // An error that was stored under the key says how it went then; who repeats it works.
    if (wire->status >= kServerError && !is_replayed(*wire))
        return {.kind = Heard::Kind::silent, .wait = retry_after(*wire, now)};
    return {};
}

}  // namespace florin::psp::stripe
