// How the simulated world behaves, changed by POST /_simulator/settings. Settings and faults belong to the process and
// are gone after a restart; the truth is not.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "simulator/random.hpp"
#include "simulator/webhook_settings.hpp"

namespace florin::simulator {

enum class IdempotencyMode : std::uint8_t {
    stripe,          // the first result is stored, 500s too
    store_2xx_only,  // a used key executes again after an error
    none,            // keys are ignored
    in_flight,       // as stripe; a repeat within key_busy_ms is told that the first request still runs
};

struct Latency {
    enum class Kind : std::uint8_t { none, fixed, log_normal };
    Kind kind = Kind::none;
    std::int64_t mean_ms = 0;
    std::int64_t p99_ms = 0;  // of log-normal

    std::int64_t draw_us(Random& random) const;
};

struct Settings {
    Latency latency{};
    std::int64_t read_lag_ms = 0;  // reads show what happened only after it
    IdempotencyMode idempotency = IdempotencyMode::stripe;
    std::int64_t key_life_ms = 24LL * 3'600'000;
    std::int64_t key_busy_ms = 2'000;
    std::int64_t abandon_after_ms = 3'600'000;  // an open 3-D Secure challenge ends by itself
    std::int64_t authorization_life_ms = 0;     // until capture_before, in whole seconds; 0: as the scheme has it
    std::int64_t expiry_delay_ms = 0;           // from capture_before until the intent is canceled
    std::int64_t refund_delay_ms = 1'000;       // until a refund of the test cards for it changes its status
    std::string revoked_key{};                  // this secret key is refused
    WebhookSettings webhooks{};
};

// Changes the named settings, all or none. A refusal names the field.
std::optional<Refusal> change(Settings& settings, const boost::json::object& wanted);
boost::json::object to_json(const Settings& settings);

}  // namespace florin::simulator
