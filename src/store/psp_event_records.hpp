// What an operator sees of events of PSPs, and does with them: looks, and gives parked or handled ones to the worker
// again. Apart from PspEvents, which is what a serving process needs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "store/administration.hpp"
#include "store/psp_events.hpp"

namespace florin::store {

enum class EventState : std::uint8_t { waiting, taken, parked, handled };
std::string_view to_string(EventState state);

struct EventRecord {
    PspEventId id;
    std::string event;  // the PSP's id
    ledger::PspAccount account;
    std::string type;
    WallTime created;  // the PSP's
    WallTime received;
    EventState state = EventState::waiting;
    std::int32_t tries = 0;            // 0 once it is handled
    std::optional<WallTime> next_try;  // while it waits
    std::string why;                   // it waits or is parked; of a handled one what was done
    std::string body{};                // of find() alone
};

// Without `since` what is not handled, the oldest first; with it everything received since then, the newest first.
struct EventFilter {
    std::optional<WallTime> since{};
    bool only_parked = false;
    int limit = 100;
};
struct EventPage {
    std::vector<EventRecord> records;
    bool has_more = false;
};

class PspEventRecords {
public:
    PspEventRecords(boost::asio::any_io_executor executor, std::string conninfo);
    ~PspEventRecords();

    Task<EventPage> list(EventFilter filter, Deadline deadline);
    // By the PSP's id or ours; several when two accounts or modes have the same one.
    Task<std::vector<EventRecord>> find(std::string id, Deadline deadline);
    // A parked or handled event is due now, as if it were new, with its row of the audit log in the same statement.
    // False when it waits already, or its body is gone.
    Task<bool> replay(EventRecord record, Author author, Deadline deadline);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace florin::store
