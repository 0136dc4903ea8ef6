#include "simulator/settings.hpp"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace florin::simulator {
namespace {

namespace json = boost::json;

constexpr auto kModes = std::to_array<std::pair<std::string_view, IdempotencyMode>>({
    {"stripe", IdempotencyMode::stripe},
    {"store-2xx-only", IdempotencyMode::store_2xx_only},
    {"none", IdempotencyMode::none},
    {"409-in-flight", IdempotencyMode::in_flight},
    {"24h-expiry", IdempotencyMode::stripe},  // Stripe's keys live so long; the clock decides
});

constexpr auto kLatencies = std::to_array<std::pair<std::string_view, Latency::Kind>>({
    {"none", Latency::Kind::none},
    {"fixed", Latency::Kind::fixed},
    {"log-normal", Latency::Kind::log_normal},
});

template <class Table, class Value>
bool find_named(const Table& table, const json::value& value, Value& out) {
    if (!value.is_string()) return false;
    for (const auto& [name, meaning] : table) {
        if (name != std::string_view(value.get_string())) continue;
        out = meaning;
        return true;
    }
    return false;
}

template <class Table, class Value>
std::string_view name_of(const Table& table, Value wanted) {
    for (const auto& [name, meaning] : table) {
        if (meaning == wanted) return name;
    }
    return {};
}

bool read_count(const json::value& value, std::int64_t& out) {
    if (!value.is_int64() || value.get_int64() < 0) return false;
    out = value.get_int64();
    return true;
}

bool read_latency(const json::value& value, Latency& latency) {
    const auto* wanted = value.if_object();
    if (wanted == nullptr) return false;
    Latency read;
    for (const auto& [name, member] : *wanted) {
        const bool known = name == "kind"      ? find_named(kLatencies, member, read.kind)
                           : name == "mean_ms" ? read_count(member, read.mean_ms)
                           : name == "p99_ms"  ? read_count(member, read.p99_ms)
                                               : false;
        if (!known) return false;
    }
    if (read.kind == Latency::Kind::log_normal && (read.mean_ms <= 0 || read.p99_ms < read.mean_ms)) return false;
    latency = read;
    return true;
}

bool read_member(std::string_view name, const json::value& value, Settings& settings) {
    if (name == "latency") return read_latency(value, settings.latency);
    if (name == "read_lag_ms") return read_count(value, settings.read_lag_ms);
    if (name == "idempotency") return find_named(kModes, value, settings.idempotency);
    if (name == "key_life_ms") return read_count(value, settings.key_life_ms);
    if (name == "key_busy_ms") return read_count(value, settings.key_busy_ms);
    if (name == "abandon_after_ms") return read_count(value, settings.abandon_after_ms);
    if (name == "authorization_life_ms") return read_count(value, settings.authorization_life_ms);
    if (name == "expiry_delay_ms") return read_count(value, settings.expiry_delay_ms);
    if (name == "refund_delay_ms") return read_count(value, settings.refund_delay_ms);
    if (name.starts_with("webhook_")) return read_webhook_setting(name, value, settings.webhooks);
    if (name != "revoked_key" || !value.is_string()) return false;
    settings.revoked_key = std::string_view(value.get_string());
    return true;
}

}  // namespace

std::int64_t Latency::draw_us(Random& random) const {
    if (kind == Kind::none) return 0;
    if (kind == Kind::fixed) return mean_ms * 1'000;
    // ln(p99) = mu + z·sigma and ln(mean) = mu + sigma²/2, solved for the smaller sigma.
    constexpr double kZ = 2.3263478740408408;
    const auto mean = static_cast<double>(mean_ms);
    const double spread = std::log(static_cast<double>(p99_ms) / mean);
    const double sigma = kZ - std::sqrt(std::max(0.0, kZ * kZ - 2 * spread));
    const double mu = std::log(mean) - sigma * sigma / 2;
    return static_cast<std::int64_t>(std::exp(mu + sigma * random.normal()) * 1'000.0);
}

std::optional<Refusal> change(Settings& settings, const json::object& wanted) {
    Settings changed = settings;
    for (const auto& [name, value] : wanted) {
        if (read_member(name, value, changed)) continue;
        return Refusal{Error::invalid_field,
                       "Not a setting or not a value of it: latency {kind: none|fixed|log-normal, mean_ms, p99_ms}, "
                       "read_lag_ms, idempotency (stripe|store-2xx-only|none|409-in-flight|24h-expiry), "
                       "key_life_ms, key_busy_ms, abandon_after_ms, "
                       "authorization_life_ms, expiry_delay_ms, refund_delay_ms, revoked_key, webhook_url, "
                       "webhook_secret (one or a list), webhook_delay_ms, webhook_before_answer, webhook_hold, "
                       "webhook_order (as-happened|reversed|shuffled), webhook_gather_ms, webhook_retry_ms, "
                       "webhook_timeout_ms, webhook_connections.",
                       "/" + std::string(name)};
    }
    settings = std::move(changed);
    return std::nullopt;
}

json::object to_json(const Settings& settings) {
    const auto& latency = settings.latency;
    json::object shown;
    shown["latency"] = {
        {"kind", name_of(kLatencies, latency.kind)}, {"mean_ms", latency.mean_ms}, {"p99_ms", latency.p99_ms}};
    shown["read_lag_ms"] = settings.read_lag_ms;
    shown["idempotency"] = name_of(kModes, settings.idempotency);
    shown["key_life_ms"] = settings.key_life_ms;
    shown["key_busy_ms"] = settings.key_busy_ms;
    shown["abandon_after_ms"] = settings.abandon_after_ms;
    shown["authorization_life_ms"] = settings.authorization_life_ms;
    shown["expiry_delay_ms"] = settings.expiry_delay_ms;
    shown["refund_delay_ms"] = settings.refund_delay_ms;
    shown["revoked_key"] = settings.revoked_key;
    show(settings.webhooks, shown);
    return shown;
}

}  // namespace florin::simulator
