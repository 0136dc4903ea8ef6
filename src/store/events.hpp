// Events for merchants. The links of the chain are their outbox: one reader of it, the relay of src/events, expands
// them to rows of `events`, which is what everybody else reads. On connections of its own, so that neither stands in a
// payment's way.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/money.hpp"
#include "base/task.hpp"
#include "payments/event.hpp"

namespace florin::store {

// An event as its link names it.
struct LinkedEvent {
    payments::EventType type;
    PaymentId payment;
    MerchantId merchant;
    bool live = false;
    std::int32_t sequence = 0;  // 1, 2, 3, … of the payment
    OperationId operation;
    std::int16_t attempt = 1;
    std::int32_t version = 0;  // of the payment after it
    WallTime at;               // of the commit, the database's
    bool is_next = false;      // all events of the payment before it are relayed
};
struct Link {
    std::int16_t writer = 0;
    std::int64_t number = 0;
    std::vector<LinkedEvent> events;
};
// What is linked and not relayed: the links of each writer follow each other.
struct Outbox {
    IdOrder position = 0;  // of the last id that was given out
    std::vector<Link> links;
};

struct RelayedEvent {
    EventId id;
    LinkedEvent event;
};
// What one pass of a relay writes.
struct Relayed {
    IdOrder from = 0;  // Outbox::position as it was read
    IdOrder to = 0;    // above every id
    std::vector<RelayedEvent> events;
    struct Cursor {
        std::int16_t writer;
        std::int64_t link;
    };
    std::vector<Cursor> cursors;
};

// An event with what it tells.
struct ToldEvent {
    EventId id{};
    std::string type{};
    bool live = false;
    WallTime at{};
    struct OfPayment {
        PaymentId payment;
        Money amount;  // of its operation
        std::int32_t sequence;
    };
    std::optional<OfPayment> of{};  // none: a notice
    // Of the operation's answer, or the payment's document alone, as it was; a notice's own words. Empty when it is
    // lost.
    std::string body{};
};
struct ToldQuery {
    MerchantId merchant{};
    bool live = false;
    int limit = 10;                           // 1…100
    std::optional<EventId> starting_after{};  // exclusive; oldest first
    std::optional<std::string> type{};
    std::optional<PaymentId> payment{};
    std::optional<WallTime> created_from{}, created_to{};
};
struct ToldPage {
    std::vector<ToldEvent> events;
    bool has_more = false;
    std::optional<EventId> next_starting_after;  // the last id looked at; where none was, that of the query
};
// Whose events somebody waits for, and the last one that is known.
struct AwaitedEvents {
    MerchantId merchant;
    bool live = false;
    EventId after{};
};

class Events {
public:
    Events(boost::asio::any_io_executor executor, std::string conninfo);
    ~Events();

    // In one snapshot: up to `links` of each writer. What commits later is seen later, but of one payment never a later
    // event without the earlier one: its row is locked from commit to commit.
    Task<Outbox> outbox(int links, Deadline deadline);
    // Everything or nothing; false when another relay was quicker.
    Task<bool> relay(Relayed relayed, Deadline deadline);
    // How long the oldest link that is not relayed waits.
    Task<Milliseconds> lag(Deadline deadline);

    // A filter looks at a bounded number of rows.
    Task<ToldPage> list(ToldQuery query, Deadline deadline);
    Task<std::optional<ToldEvent>> find(MerchantId merchant, bool live, EventId id, Deadline deadline);
    // One answer per waiter, in their order: whether there is a later event.
    Task<std::vector<bool>> are_there_later(std::vector<AwaitedEvents> waiters, Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
