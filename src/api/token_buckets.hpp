// Token buckets by key: `burst` requests at once after a rest, `per_second` in the long run. Exact: tokens are counted
// in billionths, so that a nanosecond adds a whole number of them at any rate and no rounding gathers over time.
//
// Memory is bounded. Each newcomer looks at a few buckets and forgets those that are full again, which are as good as
// none. While the table is full of others, all newcomers share one bucket: who sends under ever new keys gains nothing.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>

#include "store/credentials.hpp"

namespace florin::api {

using Moment = std::chrono::steady_clock::time_point;

class TokenBucket {
public:
    TokenBucket(store::RateLimit limit, Moment now) : limit_(limit), tokens_(capacity()), at_(now) {}
    // Adds what the time since the last call has brought; a new limit counts from now on.
    void refill(store::RateLimit limit, Moment now);
    bool is_full() const { return tokens_ == capacity(); }
    // As of the last refill: zero when a request may go, otherwise after how long one may.
    std::chrono::nanoseconds wait() const;
    void take() { tokens_ -= kToken; }  // only when wait() is zero
    void give_back() { tokens_ = std::min(tokens_ + kToken, capacity()); }
    store::RateLimit limit() const { return limit_; }

private:
    static constexpr std::int64_t kToken = 1'000'000'000;
    std::int64_t capacity() const { return std::max(limit_.burst, 1) * kToken; }

    store::RateLimit limit_;
    std::int64_t tokens_;
    Moment at_;
};

template <class Key>
class TokenBuckets {
public:
    explicit TokenBuckets(std::size_t capacity) : capacity_(capacity) {}

    // The key's bucket, refilled; valid until the next call. The limit is one of at least 1 per second.
    TokenBucket& of(const Key& key, store::RateLimit limit, Moment now) {
        auto found = buckets_.find(key);
        if (found == buckets_.end()) {
            forget_full_ones(now);
            if (buckets_.size() >= capacity_) return shared_bucket(limit, now);
            found = buckets_.emplace(key, TokenBucket(limit, now)).first;
        }
        found->second.refill(limit, now);
        return found->second;
    }
    std::size_t size() const { return buckets_.size(); }

private:
    static constexpr int kLooks = 4;

    void forget_full_ones(Moment now) {
        auto at = buckets_.lower_bound(hand_);
        for (int looks = 0; looks < kLooks && !buckets_.empty(); ++looks) {
            if (at == buckets_.end()) at = buckets_.begin();
            at->second.refill(at->second.limit(), now);
            at = at->second.is_full() ? buckets_.erase(at) : std::next(at);
        }
        hand_ = at == buckets_.end() ? Key{} : at->first;
    }
    TokenBucket& shared_bucket(store::RateLimit limit, Moment now) {
        if (!shared_) shared_.emplace(limit, now);
        shared_->refill(limit, now);
        return *shared_;
    }

    std::size_t capacity_;
    std::map<Key, TokenBucket> buckets_;  // ordered: no choice of keys makes a look-up slow
    Key hand_{};                          // where the next newcomer begins to look
    std::optional<TokenBucket> shared_;
};

}  // namespace florin::api
