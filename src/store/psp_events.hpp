// Events that PSPs sent: durable before they are acknowledged, worked off by any number of workers under leases, and
// remembered for ever once they are handled. They go through a committer and readers of their own, so that a storm of
// them never stands before a payment in a queue.
//
// An event is in one of four states: unknown, waiting (perhaps taken), parked, handled. Receiving it again changes
// nothing, but for a parked one, which is due again. Only a human brings back a handled one (florin psp-events replay).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/task.hpp"
#include "ledger/journal.hpp"

namespace florin::store {

struct ReceivedEvent {
    PspEventId id;               // made here
    ledger::PspAccount account;  // whose secret signed it
    std::string event;           // the PSP's id, unique per account and mode
    std::string type;
    std::int16_t weight = 0;  // the smallest is worked off first
    WallTime created;         // the PSP's
    std::string body;         // the bytes as they came
    WallTime received;
};
enum class Kept : std::int16_t { fresh, waiting, due_again, handled };

struct TakenEvent {
    PspEventId id;
    std::string event;
    std::string type;
    std::int32_t generation = 0;  // of the lease
    std::int32_t tries = 0;       // this one included
    WallTime received;
    std::string body;  // empty when its month was dropped
};
struct TakenEvents {
    std::vector<TakenEvent> events;
    std::vector<std::string> parked;  // PSP ids of those that were taken kMostLapses times and never ended
};

// How a taken event ends. What is written is short, plain and for a human.
struct Handled {
    std::string what;  // "no change", "settled captured"
};
struct Again {
    Milliseconds next_try;
    std::string why;
};
struct Parked {
    std::string why;
};
struct EventEnd {
    std::string event;  // of TakenEvent
    std::int32_t generation = 0;
    std::variant<Handled, Again, Parked> end;
};

struct EventBacklog {
    std::int64_t waiting = 0;
    std::int64_t parked = 0;
    Milliseconds oldest{0};  // of those that wait
    Milliseconds oldest_parked{0};
};

struct PspEventsOptions {
    std::string conninfo{};     // application role
    std::size_t batch = 128;    // events per statement
    std::size_t queue = 4'096;  // events that wait for their commit; more are refused, and their PSP sends them again
    std::size_t readers = 2;
};

class PspEvents {
public:
    // Whoever takes an event and is never heard of again was perhaps killed by it (W-13).
    static constexpr int kMostLapses = 5;

    PspEvents(boost::asio::any_io_executor executor, PspEventsOptions options);
    ~PspEvents();
    Task<void> start(Deadline deadline);
    Task<void> drain(Deadline deadline);

    // Returns when it is durable. Throws QueueFull (nothing was kept) and CommitUnknown.
    Task<Kept> keep(ReceivedEvent event, Deadline deadline);

    // Up to `limit` due events of an account: outcomes before informational ones, within these the longest due first.
    // Each has its lease; nobody else gets it before that is over.
    Task<TakenEvents> take(ledger::PspAccount account, Milliseconds lease, int limit, Deadline deadline);
    // Ends those that are still held under their generation; says how many. The others belong to somebody else by now.
    Task<std::size_t> finish(ledger::PspAccount account, std::vector<EventEnd> ends, Deadline deadline);
    Task<EventBacklog> backlog(Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
