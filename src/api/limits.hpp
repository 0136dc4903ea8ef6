// Rate limits, counted in this process alone: n processes together let through n times as much. Nothing of another
// machine is asked, so nothing of another machine can fail and open them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/token_buckets.hpp"
#include "base/error.hpp"
#include "store/credentials.hpp"

namespace florin::api {

// A rate of 0 per second is no limit.
struct LimitOptions {
    store::RateLimit merchant{1000, 2000};   // per merchant and mode, unless its row says otherwise
    store::RateLimit key{0, 0};              // per key besides
    store::RateLimit unknown_keys{10, 100};  // per peer address: look-ups of keys that this process has not known
};

struct Limited {
    std::string_view by;  // "merchant", "key", "peer": the metric's label
    Refusal refusal;      // rate_limited, with Retry-After
};

class Limits {
public:
    explicit Limits(LimitOptions options);

    // Counts a request of a key that was found; a refused one takes nothing from either bucket. An operator's key is
    // limited as a merchant is.
    std::optional<Limited> admit(const store::Credential& credential, Moment now);

    // Counts a look-up of a key that this process has not known. Good keys are given back: only guesses count.
    std::optional<Limited> admit_look_up(std::string_view peer, Moment now);
    void give_back_look_up(std::string_view peer, Moment now);

private:
    LimitOptions options_;
    TokenBuckets<std::pair<Uuid, bool>> merchants_;
    TokenBuckets<Uuid> keys_;
    TokenBuckets<std::string> peers_;
};

// What is limited as one: an IPv4 address, also one written as IPv6, or the 64 bits of an IPv6 network, whose lower
// half anybody chooses freely.
std::string peer_group(std::string_view address);

}  // namespace florin::api
