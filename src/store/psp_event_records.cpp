#include "store/psp_event_records.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/assert.hpp"
#include "postgres/pool.hpp"

namespace florin::store {
namespace {

using postgres::Params;
using postgres::Row;
using postgres::Rows;

constexpr Milliseconds kOpen{5'000};

// Of psp_events e, open_psp_events o and psp_event_ids h; a replayed event is open though it was handled.
const std::string kColumns = R"sql(
    e.id, e.event_id, e.psp, e.psp_account, e.live, e.type, e.created_at, e.received_at,
    (case when o.parked then 2 when o.lease_until > florin_now() then 1 when o.event_id is not null then 0 else 3 end)::int2,
    coalesce(o.tries, 0), case when not o.parked then o.next_try end, coalesce(o.why, h.what, ''))sql";

const std::string kListOpen = "select " + kColumns + R"sql(
    from open_psp_events o join psp_events e on e.id = o.id
    left join psp_event_ids h on false
    where o.parked or not $1::bool order by o.received_at, o.event_id limit $2::int8
)sql";

// An event has the time of its receipt in its id.
const std::string kListSince = "select " + kColumns + R"sql(
    from psp_events e
    left join open_psp_events o using (event_id, psp, psp_account, live)
    left join psp_event_ids h using (event_id, psp, psp_account, live)
    where e.id >= $1::uuid and (o.parked or not $2::bool) order by e.id desc limit $3::int8
)sql";

// $1 the PSP's id, $2 ours; the one that is not asked for is null.
const std::string kFind = "select " + kColumns + R"sql(, e.body
    from psp_events e
    left join open_psp_events o using (event_id, psp, psp_account, live)
    left join psp_event_ids h using (event_id, psp, psp_account, live)
    where e.id in (select id from open_psp_events where event_id = $1::text
                   union select id from psp_event_ids where event_id = $1::text union select $2::uuid)
)sql";

const std::string kReplay = R"sql(
    with clock as materialized (select florin_now() as now),
    due as (
        insert into open_psp_events as o (event_id, psp, psp_account, live, id, type, weight, received_at, next_try, lease_until,
                                          generation, tries, lapses, parked, replayed, why)
        select e.event_id, e.psp, e.psp_account, e.live, e.id, e.type, e.weight, k.now, k.now, k.now, 0, 0, 0, false, true, ''
        from psp_events e, clock k where e.id = $1::uuid
        on conflict (event_id, psp, psp_account, live) do update
            set parked = false, replayed = true, next_try = excluded.next_try, lease_until = excluded.lease_until, tries = 0,
                lapses = 0
            where o.parked
        returning o.event_id, o.live),
    audit as (
        insert into admin_audit_log (id, at, actor, action, subject, live, details)
        select $2::uuid, k.now, $3::text, 'psp_event.replay', d.event_id, d.live, $4::jsonb from due d, clock k)
    select count(*) from due
)sql";

Task<void> open_reader(postgres::Connection& connection) {
    const Deadline deadline = Deadline::after(kOpen);
    co_await connection.prepare("list_open", kListOpen, deadline);
    co_await connection.prepare("list_since", kListSince, deadline);
    co_await connection.prepare("find", kFind, deadline);
    co_await connection.prepare("replay", kReplay, deadline);
}

EventRecord read_record(const Row& row) {
    return {.id = PspEventId(row.uuid(0)),
            .event = std::string(row.text(1)),
            .account = {.psp = std::string(row.text(2)), .name = std::string(row.text(3)), .live = row.boolean(4)},
            .type = std::string(row.text(5)),
            .created = row.time(6),
            .received = row.time(7),
            .state = static_cast<EventState>(row.int2(8)),
            .tries = row.int4(9),
            .next_try = row.optional_time(10),
            .why = std::string(row.text(11))};
}

std::vector<EventRecord> read_records(const Rows& rows) {
    std::vector<EventRecord> records;
    for (int i = 0; i < rows.size(); ++i) records.push_back(read_record(rows[i]));
    return records;
}

// The smallest id of that moment.
Uuid first_id_of(WallTime time) {
    Uuid id{};
    auto milliseconds = std::chrono::floor<Milliseconds>(time).time_since_epoch().count();
    for (std::size_t i = 6; i-- > 0; milliseconds >>= 8) id.bytes[i] = static_cast<std::uint8_t>(milliseconds & 0xff);
    return id;
}

}  // namespace

std::string_view to_string(EventState state) {
    switch (state) {
        case EventState::waiting:
            return "waiting";
        case EventState::taken:
            return "taken";
        case EventState::parked:
            return "parked";
        case EventState::handled:
            return "handled";
    }
    assertion_failed("an EventState outside its enumeration", __FILE__, __LINE__);
}

struct PspEventRecords::State {
    postgres::Pool pool;
    SystemClock clock;
};

PspEventRecords::PspEventRecords(boost::asio::any_io_executor executor, std::string conninfo)
    : state_(new State{postgres::Pool(std::move(executor), std::move(conninfo), 1, open_reader), {}}) {}

PspEventRecords::~PspEventRecords() = default;

Task<EventPage> PspEventRecords::list(EventFilter filter, Deadline deadline) {
    const auto limit = static_cast<std::size_t>(filter.limit);
    Params params;
    if (filter.since) params.add(first_id_of(*filter.since));
    params.add(filter.only_parked).add(static_cast<std::int64_t>(limit + 1));
    const Rows rows =
        co_await state_->pool.execute(filter.since ? "list_since" : "list_open", std::move(params), deadline);
    EventPage page{.records = read_records(rows)};
    page.has_more = page.records.size() > limit;
    if (page.has_more) page.records.pop_back();
    co_return page;
}

Task<std::vector<EventRecord>> PspEventRecords::find(std::string id, Deadline deadline) {
    Params params;
    const auto ours = PspEventId::parse(id);
    params.add(id);
    if (ours) {
        params.add(ours->uuid());
    } else {
        params.add_null(postgres::Oid::uuid);
    }
    const Rows rows = co_await state_->pool.execute("find", std::move(params), deadline);
    auto records = read_records(rows);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].body = rows[static_cast<int>(i)].text(12);
    co_return records;
}

Task<bool> PspEventRecords::replay(EventRecord record, Author author, Deadline deadline) {
    const auto audit = AuditId::make(state_->clock.now(), Bucket{}, record.account.live);
    const boost::json::object details{{"psp", record.account.psp},
                                      {"account", record.account.name},
                                      {"type", record.type},
                                      {"was", to_string(record.state)},
                                      {"why", record.why}};
    Params params;
    params.add(record.id.uuid()).add(audit.uuid()).add(author.actor).add_jsonb(boost::json::serialize(details));
    const Rows rows = co_await state_->pool.execute("replay", std::move(params), deadline);
    co_return rows[0].int8(0) == 1;
}

}  // namespace florin::store
