// The typed configuration: one TOML file plus environment for secrets. Unknown keys are refused with the nearest known
// name. docs/configuration.md lists every key; keys.cpp is the table behind it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/secret.hpp"

namespace florin::config {

struct Fee {
    std::int32_t basis_points = 0;
    std::int64_t fixed = 0;
};

struct StripeAccount {
    std::string name = "main";  // the account's name in ledger paths: keep it for ever
    std::string base_url;       // https://api.stripe.com, or the simulator's loopback address
    Secret secret_key;          // from the environment: FLORIN_STRIPE_TEST_KEY, FLORIN_STRIPE_LIVE_KEY
    // Who may send events, from the environment: FLORIN_STRIPE_TEST_WEBHOOK_SECRET, FLORIN_STRIPE_LIVE_WEBHOOK_SECRET.
    // Several while one replaces another; none: every event is refused.
    std::vector<Secret> webhook_secrets;
    Fee fee;                          // expected PSP fee
    std::map<std::string, Fee> fees;  // by currency
    Milliseconds read_lag{10'000};
    bool stores_errors = true;  // false: a stand-in whose used keys can execute again; test mode only
    // When a successful refund is looked at again, counted from its success: it may still fail.
    std::vector<Milliseconds> refund_looks{std::chrono::hours(1), std::chrono::days(1),  std::chrono::days(3),
                                           std::chrono::days(7),  std::chrono::days(14), std::chrono::days(30)};
};

// Token buckets: so many requests per second, and so many at once. A rate of 0 is no limit.
struct Limits {
    int requests_per_second = 1000, burst = 2000;  // of one merchant and mode, unless its row says otherwise
    int key_requests_per_second = 0, key_burst = 0;
    int unknown_keys_per_second = 10, unknown_key_burst = 100;  // of one address
};

// Calls to the endpoints of merchants.
struct Webhooks {
    bool allow_loopback = false;  // endpoints of test mode may be on this machine, by plain http too
    std::vector<std::uint16_t> ports{443};
    int disable_after_days = 5;
    int endpoints_at_once = 128;
    int deliveries_per_endpoint = 8;
};

struct Config {
    // [http]
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string tls_certificate, tls_key;  // PEM files: both, or neither for plain HTTP
    int connections = 20'000;
    // [limits]
    Limits limits;
    // [database]
    std::string database_url;  // empty: the embedded cluster
    std::filesystem::path data = "var/florin";
    int writers = 2;
    // [payments]
    Milliseconds answer_within{10'000};
    Milliseconds psp_deadline{30'000};
    Milliseconds execute_for{15 * 60'000};
    Milliseconds abandon_after{60 * 60'000};
    // [resolver]
    int resolver_per_second = 20;
    // [webhooks]
    Webhooks webhooks;
    // [stripe.test] and [stripe.live]
    std::optional<StripeAccount> stripe_test, stripe_live;
    // secret: keyed hashes of API keys; FLORIN_PEPPER, or a file made on first start below `data` (see pepper.hpp)
    Secret pepper;
    // [log]
    std::string log_level = "info";
};

// Reads the file (missing only when `path` was not given) and the environment. A refusal's detail names file, line and
// key, and never holds the value of a secret.
Checked<Config> load(const std::optional<std::filesystem::path>& path);

// What keeps a serving process from starting, beyond load(): no PSP account, no key of its mode, no shared pepper, a
// certificate that cannot be read. Empty: it may start.
std::vector<Refusal> serving_problems(const Config& config);

}  // namespace florin::config
