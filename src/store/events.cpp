#include "store/events.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/assert.hpp"
#include "postgres/pool.hpp"
#include "store/event_statements.hpp"
#include "store/rows.hpp"
#include "store/told_event.hpp"

namespace florin::store {
namespace {

using postgres::Array;
using postgres::Oid;
using postgres::Params;
using postgres::Row;
using postgres::Rows;

constexpr const char* kRelayName = "events";
constexpr std::size_t kConnections = 2;

// A row that was lost, or that a newer release wrote: the relay stands and says so, and nothing else does.
template <class T>
T known(const std::optional<T>& value, const Row& row, const char* what) {
    if (value) return *value;
    throw std::runtime_error(std::string("the event op_") + to_string(row.uuid(5)) + " has no known " + what);
}

payments::EventType read_type(const Row& row) {
    if (!row.is_null(9)) {
        const auto kind = known(payments::parse_operation_kind(row.text(8)), row, "kind");
        return payments::event_type(kind, read_outcome(row, 9));
    }
    const auto status = known(payments::parse_status(row.text(10)), row, "status");
    return known(payments::event_type(status), row, "type");
}

LinkedEvent read_linked(const Row& row) {
    known(row.optional_uuid(11), row, "document");
    return {.type = read_type(row),
            .payment = PaymentId(row.uuid(11)),
            .merchant = MerchantId(row.uuid(12)),
            .live = row.boolean(13),
            .sequence = row.int4(4),
            .operation = OperationId(row.uuid(5)),
            .attempt = row.int2(6),
            .version = row.int4(7),
            .at = row.time(3),
            .is_next = row.boolean(14)};
}

Params params_of(const Relayed& relayed) {
    Array writers(Oid::int2), links(Oid::int8), ids(Oid::uuid), merchants(Oid::uuid), modes(Oid::boolean),
        types(Oid::text), of(Oid::uuid), sequences(Oid::int4), operations(Oid::uuid), attempts(Oid::int2),
        versions(Oid::int4), times(Oid::timestamptz), urgencies(Oid::int2);
    for (const auto& cursor : relayed.cursors) {
        writers.add(cursor.writer);
        links.add(cursor.link);
    }
    for (const auto& [id, event] : relayed.events) {
        ids.add(id.uuid());
        merchants.add(event.merchant.uuid());
        modes.add(event.live);
        types.add(payments::to_string(event.type));
        of.add(event.payment.uuid());
        sequences.add(event.sequence);
        operations.add(event.operation.uuid());
        attempts.add(event.attempt);
        versions.add(event.version);
        times.add(event.at);
        urgencies.add(static_cast<std::int16_t>(payments::is_informational(event.type)));
    }
    Params params;
    params.add(kRelayName).add(relayed.from).add(relayed.to).add(std::move(writers)).add(std::move(links));
    params.add(std::move(ids)).add(std::move(merchants)).add(std::move(modes)).add(std::move(types));
    params.add(std::move(of)).add(std::move(sequences)).add(std::move(operations)).add(std::move(attempts));
    params.add(std::move(versions)).add(std::move(times)).add(std::move(urgencies));
    return params;
}

// After the two columns that a page has in front.
ToldEvent read_event(const Row& row) {
    auto event = read_told(row, 2);
    if (!event) throw std::runtime_error("the operation of the event evt_" + to_string(row.uuid(2)) + " is lost");
    return std::move(*event);
}

bool has_filter(const ToldQuery& query) {
    return query.type || query.payment || query.created_from || query.created_to;
}

// An id has the time of its event, but for what clocks differ.
constexpr std::chrono::days kSlack{1};

Params params_of(const ToldQuery& query) {
    Uuid after = query.starting_after ? query.starting_after->uuid() : Uuid{};
    if (query.created_from) after = std::max(after, first_id_of(*query.created_from - kSlack));
    Uuid last;
    last.bytes.fill(0xff);
    if (query.created_to) last = first_id_of(*query.created_to + kSlack);
    Params params;
    params.add(query.merchant.uuid()).add(query.live).add(after).add(last);
    params.add(has_filter(query) ? kEventsLooked : query.limit + 1).add(static_cast<std::int64_t>(query.limit + 1));
    query.type ? params.add(*query.type) : params.add_null(Oid::text);
    query.created_from ? params.add(*query.created_from) : params.add_null(Oid::timestamptz);
    query.created_to ? params.add(*query.created_to) : params.add_null(Oid::timestamptz);
    if (query.payment) params.add(query.payment->uuid());
    return params;
}

}  // namespace

struct Events::State {
    postgres::Pool connections;
};

Events::Events(boost::asio::any_io_executor executor, std::string conninfo)
    : state_(new State{postgres::Pool(executor, std::move(conninfo), kConnections, open_event_reader)}) {}

Events::~Events() = default;

Task<Outbox> Events::outbox(int links, Deadline deadline) {
    Params params;
    params.add(kRelayName).add(std::int64_t{links});
    const Rows rows = co_await state_->connections.execute("outbox", std::move(params), deadline);
    Outbox outbox;
    for (int i = 0; i < rows.size(); ++i) {
        const Row row = rows[i];
        outbox.position = row.int8(0);
        const bool is_new = outbox.links.empty() || outbox.links.back().writer != row.int2(1) ||
                            outbox.links.back().number != row.int8(2);
        if (is_new) outbox.links.push_back({.writer = row.int2(1), .number = row.int8(2), .events = {}});
        if (!row.is_null(4)) outbox.links.back().events.push_back(read_linked(row));
    }
    co_return outbox;
}

Task<bool> Events::relay(Relayed relayed, Deadline deadline) {
    FLORIN_ASSERT(relayed.to > relayed.from && !relayed.cursors.empty());
    const Rows rows = co_await state_->connections.execute("relay", params_of(relayed), deadline);
    co_return rows[0].int8(0) == 1;
}

Task<Milliseconds> Events::lag(Deadline deadline) {
    Params params;
    params.add(kRelayName);
    const Rows rows = co_await state_->connections.execute("relay_lag", std::move(params), deadline);
    co_return Milliseconds(rows[0].int8(0));
}

Task<ToldPage> Events::list(ToldQuery query, Deadline deadline) {
    FLORIN_ASSERT(query.limit >= 1 && query.limit <= 100);
    const std::string name = query.payment ? "list_events_of" : "list_events";
    const Rows rows = co_await state_->connections.execute(name, params_of(query), deadline);
    ToldPage page;
    for (int i = 0; i < rows.size() && !rows[i].is_null(2); ++i) page.events.push_back(read_event(rows[i]));
    if (page.events.size() > static_cast<std::size_t>(query.limit)) {
        page.events.pop_back();
        page.has_more = true;
        page.next_starting_after = page.events.back().id;
    } else {
        page.has_more = has_filter(query) && rows[0].int8(0) == kEventsLooked;
        page.next_starting_after = query.starting_after;
        if (const auto last = rows[0].optional_uuid(1)) page.next_starting_after = EventId(*last);
    }
    co_return page;
}

Task<std::optional<ToldEvent>> Events::find(MerchantId merchant, bool live, EventId id, Deadline deadline) {
    Params params;
    params.add(merchant.uuid()).add(live).add(id.uuid());
    const Rows rows = co_await state_->connections.execute("find_event", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return read_event(rows[0]);
}

Task<std::vector<bool>> Events::are_there_later(std::vector<AwaitedEvents> waiters, Deadline deadline) {
    Array merchants(Oid::uuid), modes(Oid::boolean), after(Oid::uuid);
    for (const AwaitedEvents& waiter : waiters) {
        merchants.add(waiter.merchant.uuid());
        modes.add(waiter.live);
        after.add(waiter.after.uuid());
    }
    Params params;
    params.add(std::move(merchants)).add(std::move(modes)).add(std::move(after));
    const Rows rows = co_await state_->connections.execute("later_events", std::move(params), deadline);
    std::vector<bool> there(waiters.size());
    for (int i = 0; i < rows.size(); ++i) there.at(static_cast<std::size_t>(rows[i].int4(0) - 1)) = true;
    co_return there;
}

}  // namespace florin::store
