#include "store/webhook_statements.hpp"

#include <string>
#include <utility>
#include <vector>

#include "store/change_log.hpp"
#include "store/told_event.hpp"

namespace florin::store {
namespace {

using Statements = std::vector<std::pair<std::string, std::string>>;

constexpr Milliseconds kOpen{10'000};

const std::string kTake = replaced(replaced(
#include "store/statements/take_queues.sql"
                                       , "$TOLD_COLUMNS", kToldColumns),
                                   "$TOLD", kTold);
const std::string kFinish =
#include "store/statements/finish_deliveries.sql"
    ;
const std::string kGiveBack =
#include "store/statements/give_back_queues.sql"
    ;
const std::string kRest =
#include "store/statements/rest_queues.sql"
    ;
const std::string kDisable = with_touch(
#include "store/statements/disable_endpoint.sql"
);
const std::string kSendTest = with_touch(
#include "store/statements/send_test.sql"
);
const std::string kReplay = with_touch(
#include "store/statements/replay_deliveries.sql"
);

const std::string kSecrets = R"sql(
    select s.endpoint_id, s.number, s.sealed from webhook_secrets s
    where s.endpoint_id = any ($1::uuid[]) and (s.expires_at is null or s.expires_at > florin_now())
    order by s.endpoint_id, s.number desc
)sql";

const std::string kPosition = "select position from relays where name = $1::text";

// The queue that is due longest is the first of the index, but for those that somebody has just taken.
const std::string kBacklog = R"sql(
    select (select count(*) from webhook_deliveries where status = 'pending'),
           greatest(0, coalesce((extract(epoch from florin_now() - (
               select q.due_at from webhook_queues q
               where q.failures = 0 and q.due_at < 'infinity' and (q.leased_until is null or q.leased_until <= florin_now())
               order by q.due_at limit 1)) * 1000)::int8, 0)),
           (select count(*) from webhook_queues where failures > 0),
           (select count(*) from webhook_endpoints where status = 'disabled' and reason in ('gone', 'failing'))
)sql";

constexpr std::string_view kRow =
    "d.endpoint_id, d.event_id, coalesce(e.type, ''), d.status, d.tries, case when d.status = 'pending' then d.due_at "
    "end, "
    "d.last_try_at, d.last_status, d.last_error, d.created_at, d.delivered_at";
constexpr std::string_view kOfEvent =
    " left join events e on e.merchant_id = d.merchant_id and e.live = d.live and e.id = d.event_id";

// Looks at $4 rows behind $2 down to $3, answers up to $5 that have the status $6.
const std::string kList = std::string(R"sql(
    with looked as materialized (
        select * from webhook_deliveries
        where endpoint_id = $1::uuid and event_id < $2::uuid and event_id >= $3::uuid order by event_id desc limit $4::int8),
    d as materialized (
        select * from looked where $6::text is null or status = $6 order by event_id desc limit $5::int8)
    select (select count(*) from looked), (select event_id from looked order by event_id limit 1),)sql") +
                          std::string(kRow) + " from (select) one left join d on true" + std::string(kOfEvent) +
                          " order by d.event_id desc";

const std::string kFind = "select 1::int8, null::uuid," + std::string(kRow) + " from webhook_deliveries d" +
                          std::string(kOfEvent) + " where d.endpoint_id = $1::uuid and d.event_id = $2::uuid";

const std::string kOwner = "select merchant_id, live, status from webhook_endpoints where id = $1::uuid";

// What a replay looks at: every event that the endpoint is told, or what failed.
constexpr std::string_view kOfEvents = R"sql(
    select e.id, (t.types = '{}' or e.type = any (t.types)) and e.type <> 'webhook_endpoint.test'
                 and d.status is distinct from 'pending' as is_wanted
    from target t
    cross join lateral (
        select id, type from events
        where merchant_id = t.merchant_id and live = t.live and id > $11::uuid and id <= $12::uuid order by id limit $13::int8) e
    left join webhook_deliveries d on d.endpoint_id = t.id and d.event_id = e.id)sql";
constexpr std::string_view kOfFailed = R"sql(
    select d.event_id as id, d.status = 'failed' as is_wanted
    from target t
    cross join lateral (
        select event_id, status from webhook_deliveries
        where endpoint_id = t.id and event_id > $11::uuid and event_id <= $12::uuid order by event_id limit $13::int8) d)sql";

const std::string kReplayDone = R"sql(
    select details::text from admin_audit_log
    where id = $1::uuid or (actor = $2::text and idempotency_key = $3::text)
)sql";

Task<void> prepare(postgres::Connection& connection, Statements statements) {
    const Deadline deadline = Deadline::after(kOpen);
    // Plans for tables that grow from nothing, as the other readers have them.
    co_await connection.run(
        "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; "
        "set enable_mergejoin = off; set enable_hashjoin = off; set jit = off",
        deadline);
    for (const auto& [name, sql] : statements) co_await connection.prepare(name, sql, deadline);
}

}  // namespace

Task<void> open_delivery_worker(postgres::Connection& connection) {
    return prepare(connection, {{"take_queues", kTake},
                                {"secrets", kSecrets},
                                {"finish_deliveries", kFinish},
                                {"give_back_queues", kGiveBack},
                                {"rest_queues", kRest},
                                {"delivery_backlog", kBacklog},
                                {"position", kPosition},
                                {"disable_endpoint", kDisable}});
}

Task<void> open_delivery_records(postgres::Connection& connection) {
    co_await prepare_change_log(connection);
    co_await prepare(connection, {{"list_deliveries", kList},
                                  {"find_delivery", kFind},
                                  {"owner", kOwner},
                                  {"position", kPosition},
                                  {"send_test", kSendTest},
                                  {"replay_events", replaced(kReplay, "$LOOKED", kOfEvents)},
                                  {"replay_failed", replaced(kReplay, "$LOOKED", kOfFailed)},
                                  {"replay_done", kReplayDone}});
}

}  // namespace florin::store
