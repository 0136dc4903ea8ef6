#include "api/token_buckets.hpp"

namespace florin::api {

void TokenBucket::refill(store::RateLimit limit, Moment now) {
    const std::int64_t elapsed = std::max<std::int64_t>((now - at_).count(), 0);
    const std::int64_t missing = capacity() - tokens_;
    // By division, because a long rest times a high rate is more than 64 bits.
    tokens_ = elapsed > missing / limit_.per_second ? capacity() : tokens_ + elapsed * limit_.per_second;
    at_ = std::max(at_, now);
    limit_ = limit;
    tokens_ = std::min(tokens_, capacity());
}

std::chrono::nanoseconds TokenBucket::wait() const {
    if (tokens_ >= kToken) return {};
    return std::chrono::nanoseconds((kToken - tokens_ + limit_.per_second - 1) / limit_.per_second);
}

}  // namespace florin::api
