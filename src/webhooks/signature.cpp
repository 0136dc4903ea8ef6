#include "webhooks/signature.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "webhooks/base64.hpp"

namespace florin::webhooks {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kLeastBytes = 24;
constexpr std::size_t kMostBytes = 64;

std::optional<Secret> key_of(std::string_view text) {
    if (!text.starts_with(kPrefix)) return std::nullopt;
    auto bytes = from_base64(text.substr(kPrefix.size()));
    if (!bytes) return std::nullopt;
    Secret key(std::move(*bytes));
    if (key.expose().size() < kLeastBytes || key.expose().size() > kMostBytes) return std::nullopt;
    return key;
}

}  // namespace

bool is_secret(std::string_view text) {
    return key_of(text).has_value();
}

std::string sign(std::span<const Secret> secrets, std::string_view id, std::int64_t timestamp, std::string_view body) {
    FLORIN_ASSERT(!secrets.empty() && id.find('.') == std::string_view::npos);
    const auto content = fmt::format("{}.{}.{}", id, timestamp, body);
    std::string signatures;
    for (const Secret& secret : secrets) {
        const auto key = key_of(secret.expose());
        FLORIN_ASSERT(key.has_value());
        const auto digest = hmac_sha256(key->expose(), content);
        if (!signatures.empty()) signatures += ' ';
        signatures += "v1," + to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
    }
    return signatures;
}

}  // namespace florin::webhooks
