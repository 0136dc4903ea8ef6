// The bounded queue before the writers. Batches hold one kind only; judgements go before attempts, attempts before
// intents, so that what was begun is finished first. A lane whose batch left items behind because they share a key
// (many refunds of one payment) waits until each of the others had a turn.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "store/item.hpp"

namespace florin::store {

// In the order in which batches are taken.
enum class Kind : std::uint8_t {
    settle,
    adopt,
    compensate,
    keep_open,
    next_attempt,
    record,
    reserve,
    intent,
    keep_event
};
inline constexpr std::size_t kKinds = 9;

struct Batch {
    Kind kind = Kind::settle;
    std::vector<ItemPtr> items;  // sorted by key, no key twice
};

class Queue {
public:
    explicit Queue(std::size_t capacity) : capacity_(capacity) {}
    bool is_full() const { return waiting_ >= capacity_; }
    std::size_t waiting() const { return waiting_; }
    // When the oldest of those that wait for a batch was made; empty when there is none. One that was left behind
    // because it shares a key waits for that payment, and says nothing of how busy the writers are.
    std::optional<std::chrono::steady_clock::time_point> waits_since() const;
    void push(Kind kind, ItemPtr item);
    // Up to `most` items; a second item with the same key stays for a later batch. Empty when nothing waits.
    Batch take(std::size_t most);
    // Removes and returns those whose deadline has passed.
    std::vector<ItemPtr> take_expired();
    std::vector<ItemPtr> take_all();

private:
    std::size_t next_lane();

    std::size_t capacity_;
    std::size_t waiting_ = 0;
    std::array<std::deque<ItemPtr>, kKinds> lanes_;
    std::array<bool, kKinds> had_a_turn_{};
};

}  // namespace florin::store
