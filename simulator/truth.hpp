// What really happened: every PaymentIntent and every stored answer, in memory and in the log. The oracle of the tests:
// the gateway never reads it.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/stripe_objects.hpp"
#include "simulator/stripe_render.hpp"
#include "simulator/told.hpp"
#include "simulator/truth_index.hpp"
#include "simulator/truth_log.hpp"

namespace florin::simulator {

// The answer that an idempotency key stands for. A success is not kept as bytes: while its intent does not change, the
// same state renders the same bytes; the first change puts them here (Truth::begin_change).
struct StoredAnswer {
    std::string key{};               // account key, NUL, idempotency key
    std::uint64_t fingerprint = 0;   // of path and parameters
    std::int64_t stored_us = 0;      // by the simulator's clock, for the key's life
    std::int64_t busy_until_us = 0;  // by the monotonic clock: the first request is still running; not on disk
    std::int16_t status = 0;
    Expansions expand = 0;
    const Intent* intent = nullptr;  // it, or its refund, renders the body while `body` is empty
    std::int16_t refund = kNoRefund;
    std::string body{};
};

// Where a refund is.
struct RefundPlace {
    const Intent* intent;
    std::int16_t refund;
    std::int64_t created_us;  // never less than that of the one before
};

class Truth {
public:
    void open(const std::string& directory);
    // What changes from now on is told with what was told of it before.
    std::function<bool()> is_watched{};
    std::function<void(const Told& before, const Intent& after)> on_change{};

    Intent* find(std::string_view id);
    const std::deque<Intent>& intents() const { return intents_; }
    std::deque<Intent>& intents() { return intents_; }
    // All refunds in order of creation.
    const std::vector<RefundPlace>& refunds() const { return refunds_; }
    // The intents that a payment id, operation id or PSP id names; all of them, and maybe some that it does not.
    std::vector<const Intent*> find_named(std::string_view reference) const;
    StoredAnswer* find_answer(std::string_view key);

    // One request's changes are one frame: begin, any of the calls below, commit.
    void begin();
    // The id must be new.
    Intent& add(Intent&& intent);
    // Call before changing an intent, and `changed` after it. `keep_before` remembers the old state for the read lag.
    void begin_change(Intent& intent, bool keep_before);
    void changed(const Intent& intent);
    void store(StoredAnswer&& answer);
    void set_clock_offset(std::int64_t offset_us);
    void commit();

    std::int64_t clock_offset_us() const { return clock_offset_us_; }
    bool is_dirty() const { return log_.is_dirty(); }
    void flush() { log_.flush(); }

private:
    void replay(Reader reader);
    void put(Intent&& intent);
    Intent& insert(Intent&& intent);
    void remember(StoredAnswer&& answer);
    void note(const Intent& intent);
    bool tells() const { return is_watched && is_watched(); }

    TruthLog log_;
    bool in_frame_ = false;
    Told before_{};               // of the intent that is being changed
    std::deque<Intent> intents_;  // in order of creation
    std::deque<StoredAnswer> answers_;
    // By the 64-bit hash of id and key, so that growing reads no strings. Two keys with one hash stop the process:
    // never in practice, and a wrong answer would be worse.
    boost::unordered_flat_map<std::uint64_t, Intent*> by_id_;
    boost::unordered_flat_map<std::uint64_t, StoredAnswer*> by_key_;
    std::vector<RefundPlace> refunds_;
    // Asked by tests only, so it catches up when somebody asks.
    mutable TruthIndex index_;
    std::int64_t clock_offset_us_ = 0;
};

}  // namespace florin::simulator
