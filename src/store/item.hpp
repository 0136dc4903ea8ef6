// One waiting write. The queue and the batches own items by shared_ptr: an item outlives the coroutine that waits for
// it.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"

namespace florin::store {

class Item {
public:
    // `key` is what two items of one batch may not share, and what a batch is sorted by.
    Item(std::string key, Deadline deadline) : key(std::move(key)), deadline(deadline) {}
    virtual ~Item() = default;
    Item(const Item&) = delete;
    Item& operator=(const Item&) = delete;

    const std::string key;
    const Deadline deadline;
    const std::chrono::steady_clock::time_point made = std::chrono::steady_clock::now();
    bool left_behind = false;  // a batch of its lane left without it, because of its key
    bool sent = false;         // a statement with it left for the server: it may be committed
    bool unsure = false;       // a connection was lost while it was in flight: a loss may be its own earlier success

    bool is_done() const { return done_; }
    void fail(std::exception_ptr error);
    // Past its deadline it fails: CommitUnknown once it was sent, otherwise QueueFull, for nothing was claimed.
    void fail_if_expired();

protected:
    void finish();
    // Returns when the item is done; throws what it failed with.
    Task<void> done();

private:
    bool done_ = false;
    std::exception_ptr error_;
    std::move_only_function<void()> wake_;
};
using ItemPtr = std::shared_ptr<Item>;

template <class Request, class Answer>
class Pending final : public Item {
public:
    Pending(std::string key, Request request, Deadline deadline)
        : Item(std::move(key), deadline), request(std::move(request)) {}
    const Request request;

    // The first word counts: a waiter that was given up is not told again. It wakes at the end of the loop's turn, so
    // that the writer sends its next batch first.
    void answer(Answer answer) {
        if (is_done()) return;
        answer_ = std::move(answer);
        finish();
    }
    static Task<Answer> wait(std::shared_ptr<Pending> self) {
        co_await self->done();
        FLORIN_ASSERT(self->answer_);
        co_return *std::move(self->answer_);
    }

private:
    std::optional<Answer> answer_;
};

}  // namespace florin::store
