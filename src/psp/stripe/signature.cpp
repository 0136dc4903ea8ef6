#include "psp/stripe/signature.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.hpp"

namespace florin::psp::stripe {
namespace {

constexpr std::size_t kLongestHeader = 4096;
constexpr std::size_t kMostCandidates = 16;
constexpr std::size_t kHexDigits = 64;

struct Header {
    std::string_view time_text;  // as it was signed
    WallTime time;
    std::vector<std::string_view> candidates;
};

// Digits only, so that what is signed cannot be cut in another place: "1.2" with the body "x" is not "1" with "2.x".
std::optional<WallTime> parse_unix_time(std::string_view text) {
    std::int64_t seconds = 0;
    const bool digits =
        !text.empty() && text.size() <= 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return WallTime(std::chrono::seconds(seconds));
}

bool is_digest(std::string_view text) {
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == kHexDigits && std::ranges::all_of(text, is_hex);
}

// False when the item makes the header ambiguous.
bool add_item(Header& header, std::string_view item) {
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) return false;
    const auto scheme = item.substr(0, equals);
    const auto value = item.substr(equals + 1);
    if (scheme == "t") {
        const auto time = parse_unix_time(value);
        if (!time || !header.time_text.empty()) return false;
        header.time_text = value;
        header.time = *time;
    }
    if (scheme == "v1" && is_digest(value)) header.candidates.push_back(value);
    return header.candidates.size() <= kMostCandidates;
}

std::optional<Header> parse(std::string_view text) {
    if (text.size() > kLongestHeader) return std::nullopt;
    Header header{};
    while (true) {
        const auto comma = text.find(',');
        if (!add_item(header, text.substr(0, comma))) return std::nullopt;
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    if (header.time_text.empty() || header.candidates.empty()) return std::nullopt;
    return header;
}

bool signs(const Secret& secret, std::string_view message, const Header& header) {
    if (secret.empty()) return false;
    const auto expected = to_hex(hmac_sha256(secret.expose(), message));
    bool matches = false;
    for (const auto candidate : header.candidates) matches |= equal_in_constant_time(expected, candidate);
    return matches;
}

}  // namespace

std::expected<std::size_t, BadDelivery> verify_signature(std::string_view header, std::string_view body,
                                                         std::span<const Secret> secrets, WallTime now) {
    if (std::ranges::all_of(secrets, &Secret::empty)) return std::unexpected(BadDelivery::no_secret);
    if (header.empty()) return std::unexpected(BadDelivery::no_header);
    const auto parsed = parse(header);
    if (!parsed) return std::unexpected(BadDelivery::malformed);

    std::string message(parsed->time_text);
    message.append(".").append(body);
    auto signer = secrets.size();
    for (std::size_t i = 0; i < secrets.size(); ++i) {
        if (signs(secrets[i], message, *parsed)) signer = std::min(signer, i);
    }
    if (signer == secrets.size()) return std::unexpected(BadDelivery::wrong);
    // After the signature: that a time is stale is told only to who knows the secret.
    if (parsed->time < now - kSignatureTolerance || parsed->time > now + kSignatureTolerance)
        return std::unexpected(BadDelivery::stale);
    return signer;
}

}  // namespace florin::psp::stripe
