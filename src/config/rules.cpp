#include "config/rules.hpp"

#include <fmt/format.h>

#include <array>

namespace florin::config {
namespace {

// A bucket that holds nothing would never let a request through.
void check_limits(Reading& reading) {
    struct Bucket {
        int rate, burst;
        std::string_view name;
    };
    const auto& limits = reading.config.limits;
    for (const auto& bucket :
         {Bucket{limits.requests_per_second, limits.burst, "limits.burst"},
          Bucket{limits.key_requests_per_second, limits.key_burst, "limits.key_burst"},
          Bucket{limits.unknown_keys_per_second, limits.unknown_key_burst, "limits.unknown_key_burst"}}) {
        if (bucket.rate == 0 || bucket.burst > 0) continue;
        reading.problems.push_back({Error::invalid_field, fmt::format("{}{} must be 1 or more where a rate is set",
                                                                      reading.place_of(bucket.name), bucket.name)});
    }
}

void check_tls(Reading& reading) {
    const auto& config = reading.config;
    if (config.tls_certificate.empty() == config.tls_key.empty()) return;
    const auto [missing, there] = config.tls_key.empty() ? std::pair("http.tls_key", "http.tls_certificate")
                                                         : std::pair("http.tls_certificate", "http.tls_key");
    reading.problems.push_back({Error::missing_field, fmt::format("{}{} is set and {} is not: they go together",
                                                                  reading.place_of(there), there, missing)});
}

void check_times(Reading& reading) {
    const auto& config = reading.config;
    if (config.answer_within <= config.psp_deadline) return;
    constexpr std::string_view kName = "payments.answer_within_ms";
    reading.problems.push_back(
        {Error::invalid_field,
         fmt::format("{}{} must not be above payments.psp_deadline_ms: a client waits for the PSP "
                     "no longer than the gateway does",
                     reading.place_of(kName), kName)});
}

void check_account(Reading& reading, const std::optional<StripeAccount>& account, std::string_view mode) {
    if (!account || !account->base_url.empty()) return;
    // A wrong address is named already, where it stands.
    const auto name = fmt::format("stripe.{}.base_url", mode);
    for (const auto& problem : reading.problems) {
        if (problem.detail.find(name) != std::string::npos) return;
    }
    reading.problems.push_back({Error::missing_field, fmt::format("{} is missing", name)});
}

}  // namespace

std::string Reading::place_of(std::string_view name) const {
    for (const auto& value : given) {
        if (value.name == name) return value.from + ": ";
    }
    return {};
}

void check_together(Reading& reading) {
    check_times(reading);
    check_tls(reading);
    check_limits(reading);
    check_account(reading, reading.config.stripe_test, "test");
    check_account(reading, reading.config.stripe_live, "live");
}

}  // namespace florin::config
