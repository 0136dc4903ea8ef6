#include "config/keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/currency.hpp"
#include "base/nearest_name.hpp"
#include "config/base_url.hpp"
#include "config/duration.hpp"

namespace florin::config {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kLargestFixedFee = 1'000'000;
constexpr std::int64_t kHighestRate = 1'000'000;

StripeAccount& account_of(Config& config, const Words& words) {
    auto& account = words[0] == "live" ? config.stripe_live : config.stripe_test;
    if (!account) account.emplace();
    return *account;
}

Fee& currency_fee(Config& config, const Words& words) {
    return account_of(config, words).fees[words[1]];
}

// A name that goes into ledger account paths, where ':' separates.
std::string set_account_name(Config& config, const Words& words, const std::string& value) {
    auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    if (value.empty() || value.size() > 32 || !std::ranges::all_of(value, is_plain)) {
        return "must be 1 to 32 of a-z, 0-9, _ and -";
    }
    account_of(config, words).name = value;
    return {};
}

std::string set_base_url(Config& config, const Words& words, const std::string& value) {
    account_of(config, words).base_url = value;
    return base_url_problem(value, words[0] == "live");
}

std::string set_refund_looks(Config& config, const Words& words, const std::string& value) {
    auto looks = parse_schedule(value);
    if (!looks) return "must be growing times such as \"1h,1d,30d\" (s, m, h, d), or empty for none";
    account_of(config, words).refund_looks = std::move(*looks);
    return {};
}

std::string set_stores_errors(Config& config, const Words& words, bool value) {
    account_of(config, words).stores_errors = value;
    const bool denied = words[0] == "live" && !value;
    return denied ? "must be true: Stripe stores errors under their keys, only a stand-in in test mode may forget them"
                  : "";
}

std::string set_database_url(Config& config, const Words&, const std::string& value) {
    config.database_url = value;
    const bool is_url = value.starts_with("postgresql://") || value.starts_with("postgres://");
    return value.empty() || is_url ? "" : "must begin with postgresql://, or be empty for the embedded PostgreSQL";
}

std::string set_address(Config& config, const Words&, const std::string& value) {
    config.address = value;
    return value.empty() ? "must be an IP address, such as 127.0.0.1 or 0.0.0.0" : "";
}

std::string set_data(Config& config, const Words&, const std::string& value) {
    config.data = value;
    return value.empty() ? "must name a directory" : "";
}

std::string set_log_level(Config& config, const Words&, const std::string& value) {
    config.log_level = value;
    constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};
    return std::ranges::find(kLevels, value) == kLevels.end() ? "must be debug, info, warning or error" : "";
}

std::string set_file(std::string& file, const std::string& value) {
    file = value;
    return value.starts_with('/') ? "" : "must be the absolute path of a PEM file";
}

std::string set_allow_loopback(Config& config, const Words&, bool value) {
    config.webhooks.allow_loopback = value;
    return {};
}

// "443,8443"
std::string set_ports(Config& config, const Words&, const std::string& value) {
    std::vector<std::uint16_t> ports;
    for (std::string_view rest = value; !rest.empty();) {
        const auto word = rest.substr(0, rest.find(','));
        std::uint16_t port = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
        if (error != std::errc() || end != word.data() + word.size() || port == 0) break;
        ports.push_back(port);
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        if (rest.empty() && !value.ends_with(',')) {
            config.webhooks.ports = std::move(ports);
            return {};
        }
    }
    return "must be ports such as \"443,8443\"";
}

template <int Webhooks::* Member>
void set_webhooks(Config& config, const Words&, std::int64_t value) {
    config.webhooks.*Member = static_cast<int>(value);
}

template <int Limits::* Member>
void set_limit(Config& config, const Words&, std::int64_t value) {
    config.limits.*Member = static_cast<int>(value);
}

template <Milliseconds Config::* Member>
void set_duration(Config& config, const Words&, std::int64_t value) {
    config.*Member = Milliseconds(value);
}

const auto kKeys = std::to_array<Key>({
    {"http.address", "127.0.0.1", Text{set_address}},
    {"http.port", "8080",
     Integer{0, 65535, [](Config& c, const Words&, std::int64_t v) { c.port = static_cast<std::uint16_t>(v); }}},
    {"http.tls_certificate", "",
     Text{[](Config& c, const Words&, const std::string& v) { return set_file(c.tls_certificate, v); }}},
    {"http.tls_key", "", Text{[](Config& c, const Words&, const std::string& v) { return set_file(c.tls_key, v); }}},
    {"http.connections", "20000",
     Integer{1, 1'000'000, [](Config& c, const Words&, std::int64_t v) { c.connections = static_cast<int>(v); }}},
    {"limits.requests_per_second", "1000", Integer{0, kHighestRate, set_limit<&Limits::requests_per_second>}},
    {"limits.burst", "2000", Integer{0, kHighestRate, set_limit<&Limits::burst>}},
    {"limits.key_requests_per_second", "0", Integer{0, kHighestRate, set_limit<&Limits::key_requests_per_second>}},
    {"limits.key_burst", "0", Integer{0, kHighestRate, set_limit<&Limits::key_burst>}},
    {"limits.unknown_keys_per_second", "10", Integer{0, kHighestRate, set_limit<&Limits::unknown_keys_per_second>}},
    {"limits.unknown_key_burst", "100", Integer{0, kHighestRate, set_limit<&Limits::unknown_key_burst>}},
    {"database.url", "", Text{set_database_url}},
    {"database.data", "var/florin", Text{set_data}},
    {"database.writers", "2",
     Integer{1, 64, [](Config& c, const Words&, std::int64_t v) { c.writers = static_cast<int>(v); }}},
    {"payments.answer_within_ms", "10000", Integer{100, 60'000, set_duration<&Config::answer_within>}},
    {"payments.psp_deadline_ms", "30000", Integer{1'000, 120'000, set_duration<&Config::psp_deadline>}},
    {"payments.execute_for_ms", "900000", Integer{1'000, 20 * kHour, set_duration<&Config::execute_for>}},
    {"payments.abandon_after_ms", "3600000", Integer{1'000, 24 * kHour, set_duration<&Config::abandon_after>}},
    {"resolver.requests_per_second", "20",
     Integer{1, 10'000, [](Config& c, const Words&, std::int64_t v) { c.resolver_per_second = static_cast<int>(v); }}},
    {"webhooks.allow_loopback", "false", Boolean{set_allow_loopback}},
    {"webhooks.ports", "443", Text{set_ports}},
    {"webhooks.disable_after_days", "5", Integer{1, 30, set_webhooks<&Webhooks::disable_after_days>}},
    {"webhooks.endpoints_at_once", "128", Integer{1, 10'000, set_webhooks<&Webhooks::endpoints_at_once>}},
    {"webhooks.deliveries_per_endpoint", "8", Integer{1, 100, set_webhooks<&Webhooks::deliveries_per_endpoint>}},
    {"stripe.<mode>.name", "main", Text{set_account_name}},
    {"stripe.<mode>.base_url", "", Text{set_base_url}},
    {"stripe.<mode>.read_lag_ms", "10000",
     Integer{0, kHour, [](Config& c, const Words& w, std::int64_t v) { account_of(c, w).read_lag = Milliseconds(v); }}},
    {"stripe.<mode>.stores_errors", "true", Boolean{set_stores_errors}},
    {"stripe.<mode>.refund_looks", "1h,1d,3d,7d,14d,30d", Text{set_refund_looks}},
    {"stripe.<mode>.fee_basis_points", "0",
     Integer{0, 10'000,
             [](Config& c, const Words& w,
                std::int64_t v) { account_of(c, w).fee.basis_points = static_cast<std::int32_t>(v); }}},
    {"stripe.<mode>.fee_fixed", "0",
     Integer{0, kLargestFixedFee, [](Config& c, const Words& w, std::int64_t v) { account_of(c, w).fee.fixed = v; }}},
    {"stripe.<mode>.fees.<currency>.basis_points", "0",
     Integer{0, 10'000,
             [](Config& c, const Words& w,
                std::int64_t v) { currency_fee(c, w).basis_points = static_cast<std::int32_t>(v); }}},
    {"stripe.<mode>.fees.<currency>.fixed", "0",
     Integer{0, kLargestFixedFee, [](Config& c, const Words& w, std::int64_t v) { currency_fee(c, w).fixed = v; }}},
    {"log.level", "info", Text{set_log_level}},
});

std::vector<std::string_view> split(std::string_view name) {
    std::vector<std::string_view> parts;
    while (true) {
        auto dot = name.find('.');
        parts.push_back(name.substr(0, dot));
        if (dot == std::string_view::npos) return parts;
        name.remove_prefix(dot + 1);
    }
}

bool matches_word(std::string_view pattern, std::string_view word) {
    if (pattern == "<mode>") return word == "test" || word == "live";
    if (pattern == "<currency>") return Currency::parse(word).has_value();
    return pattern == word;
}

// The key's name with its wildcards filled from `name`, so that the distance counts only the misspelt word.
std::string filled_like(const Key& key, std::string_view name) {
    auto words = split(name);
    std::string filled;
    for (std::size_t i = 0; auto part : split(key.name)) {
        bool is_wildcard = part.starts_with('<');
        if (!filled.empty()) filled += '.';
        filled += is_wildcard && i < words.size() && matches_word(part, words[i]) ? words[i] : part;
        ++i;
    }
    return filled;
}

}  // namespace

std::span<const Key> keys() {
    return kKeys;
}

const Key* find_key(std::string_view name, Words& words) {
    auto parts = split(name);
    for (const auto& key : kKeys) {
        auto pattern = split(key.name);
        if (!std::ranges::equal(pattern, parts, matches_word)) continue;
        words.clear();
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            if (pattern[i].starts_with('<')) words.emplace_back(parts[i]);
        }
        return &key;
    }
    return nullptr;
}

std::string nearest_key(std::string_view name) {
    std::vector<std::string> filled;
    for (const auto& key : kKeys) filled.push_back(filled_like(key, name));
    const std::vector<std::string_view> known(filled.begin(), filled.end());
    return std::string(nearest_name(name, known));
}

}  // namespace florin::config
