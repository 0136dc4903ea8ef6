#include "api/limits.hpp"

#include <arpa/inet.h>

#include <array>

namespace florin::api {
namespace {

using std::chrono::nanoseconds;

// More than ever act within the time that a bucket takes to fill: about 20 MB at the most.
constexpr std::size_t kMerchants = 100'000;
constexpr std::size_t kPeers = 20'000;

bool is_unlimited(store::RateLimit limit) {
    return limit.per_second <= 0;
}

Limited limited(std::string_view by, std::string detail, nanoseconds wait) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return {by,
            {.error = Error::rate_limited, .detail = std::move(detail), .retry_after_s = static_cast<int>(seconds)}};
}

Limited too_many_requests(std::string_view by, nanoseconds wait) {
    return limited(by,
                   "Too many requests with this " + std::string(by == "key" ? "API key" : "merchant's API keys") +
                       ". Wait as long as Retry-After says, then repeat the request with the same Idempotency-Key.",
                   wait);
}

}  // namespace

Limits::Limits(LimitOptions options) : options_(options), merchants_(kMerchants), keys_(kMerchants), peers_(kPeers) {}

std::optional<Limited> Limits::admit(const store::Credential& credential, Moment now) {
    TokenBucket* by_key = nullptr;
    if (!is_unlimited(options_.key)) {
        by_key = &keys_.of(credential.key.uuid(), options_.key, now);
        if (const auto wait = by_key->wait(); wait > nanoseconds(0)) return too_many_requests("key", wait);
    }
    const auto& merchant = credential.merchant;
    const auto limit = merchant && merchant->limit ? *merchant->limit : options_.merchant;
    if (!is_unlimited(limit)) {
        const auto& who = merchant ? merchant->id.uuid() : credential.key.uuid();
        auto& bucket = merchants_.of({who, credential.live}, limit, now);
        if (const auto wait = bucket.wait(); wait > nanoseconds(0)) return too_many_requests("merchant", wait);
        bucket.take();
    }
    if (by_key) by_key->take();
    return std::nullopt;
}

std::optional<Limited> Limits::admit_look_up(std::string_view peer, Moment now) {
    if (is_unlimited(options_.unknown_keys)) return std::nullopt;
    auto& bucket = peers_.of(peer_group(peer), options_.unknown_keys, now);
    if (const auto wait = bucket.wait(); wait > nanoseconds(0)) {
        return limited("peer",
                       "Too many unknown API keys came from this address. Check the key, wait as long as Retry-After "
                       "says, then repeat the request with the same Idempotency-Key.",
                       wait);
    }
    bucket.take();
    return std::nullopt;
}

void Limits::give_back_look_up(std::string_view peer, Moment now) {
    if (!is_unlimited(options_.unknown_keys)) peers_.of(peer_group(peer), options_.unknown_keys, now).give_back();
}

std::string peer_group(std::string_view address) {
    constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    constexpr std::size_t kNetwork = 8;
    std::array<char, 16> bytes{};
    const std::string without_zone(address.substr(0, address.find('%')));
    if (inet_pton(AF_INET6, without_zone.c_str(), bytes.data()) != 1) return std::string(address);
    const std::string_view all(bytes.data(), bytes.size());
    if (!all.starts_with(kMapped)) return std::string(all.substr(0, kNetwork));
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, bytes.data() + kMapped.size(), text.data(), text.size());
    return text.data();
}

}  // namespace florin::api
