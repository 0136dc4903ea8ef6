#include "store/read_statements.hpp"

#include <array>
#include <utility>

#include "store/open_statements.hpp"
#include "store/rows.hpp"

namespace florin::store {
namespace {

constexpr Milliseconds kOpen{10'000};

// The open row of the attempt `a`, by its key alone: mostly the table is empty, and a plan for that would go through
// all of it in an outage.
const std::string kItsOpenRow = R"sql(lateral (
            select * from open_operations w where w.operation_id = a.operation_id and w.attempt = a.attempt offset 0) o)sql";

// The last attempt, its result, its open row and the payment, in one snapshot; `head` names payment and operation as k.
std::string operation_sql(const std::string& fingerprint, const std::string& from) {
    return with_columns("select " + fingerprint + R"sql(, {attempt}, r.outcome, r.http_status, r.body,
               coalesce(o.lease_until < florin_now(), false),
               coalesce(greatest(o.lease_until, o.next_try) < florin_now(), false), coalesce(o.generation, 0), {payment}
        from )sql" + from +
                        R"sql(
        cross join lateral (select * from operations s
                            where s.payment_id = k.payment_id and s.operation_id = k.operation_id
                            order by s.attempt desc limit 1) a
        join payments q on q.id = k.payment_id
        left join operation_results r on r.operation_id = a.operation_id and r.attempt = a.attempt
        left join )sql" +
                        kItsOpenRow + " on true");
}

std::string take_sql(const std::string& which) {
    std::string sql =
#include "store/statements/take.sql"
        ;
    constexpr std::string_view kWhich = "{which}";
    sql.replace(sql.find(kWhich), kWhich.size(), which);
    return with_columns(std::move(sql));
}

const std::string kTakeExpired = with_columns(
#include "store/statements/take_expired.sql"
);
const std::string kTakeWatched = with_columns(
#include "store/statements/take_watched.sql"
);

const std::string kFindSubjects =
#include "store/statements/find_subjects.sql"
    ;

const std::string kFindResults = R"sql(
    select x.operation_id, r.outcome, r.http_status, r.body
    from unnest($1::uuid[], $2::uuid[]) as x(payment_id, operation_id)
    cross join lateral (select s.attempt from operations s
                        where s.payment_id = x.payment_id and s.operation_id = x.operation_id
                        order by s.attempt desc limit 1) a
    join operation_results r on r.operation_id = x.operation_id and r.attempt = a.attempt
)sql";

// A result has the gateway's time and its attempt the database's: none is shown as closed before it began.
const std::string kOperationsOf = with_columns(R"sql(
    select {attempt}, a.recorded_at, r.outcome, r.reason, coalesce(r.psp_reference, o.psp_reference),
           case when r.operation_id is not null then greatest(r.created_at, a.recorded_at) end,
           coalesce(o.evidence, '')
    from operations a
    left join operation_results r on r.operation_id = a.operation_id and r.attempt = a.attempt
    left join )sql" + kItsOpenRow + R"sql( on true
    where a.payment_id = $1::uuid order by a.operation_id, a.attempt
)sql");

const std::string kLedgerOf = R"sql(
    select e.operation_id, e.attempt, e.kind, e.line, c.path, e.amount, e.currency, e.writer, e.balance_after, e.created_at
    from (select distinct operation_id from operations where payment_id = $1::uuid) a
    join ledger_entries e on e.operation_id = a.operation_id
    join ledger_accounts c on c.id = e.account_id
    order by e.operation_id, e.kind, e.line
)sql";

// The row of the first attempt is the evidence of the creation.
const std::string kAuditOf = R"sql(
    (select operation_id, 1 as sequence, '' as old, 'pending' as new, actor, '' as details, request_id,
            recorded_at as created_at
     from operations where payment_id = $1::uuid order by operation_id, attempt limit 1)
    union all
    select l.operation_id, l.sequence, split_part(l.change, '>', 1), split_part(l.change, '>', 2), l.actor, l.details,
           l.request_id, l.created_at
    from (select distinct operation_id from operations where payment_id = $1::uuid) a
    join payment_audit_log l on l.operation_id = a.operation_id
    order by sequence
)sql";

// Looks at $5 rows at the most, answers up to $6 of them that pass the filters; each row carries how many were looked
// at and the last id of them.
const std::string kList = with_columns(R"sql(
    with looked as materialized (
        select * from payments
        where merchant_id = $1::uuid and live = $2::bool and id < $3::uuid and id >= $4::uuid order by id desc limit $5::int8),
    q as (
        select * from looked
        where ($7::text is null or status = $7) and ($8::bpchar is null or currency = $8)
            and ($9::timestamptz is null or created_at >= $9) and ($10::timestamptz is null or created_at <= $10)
        order by id desc limit $6::int8)
    select (select count(*) from looked), (select id from looked order by id limit 1), {payment}
    from (select) one left join q on true order by q.id desc
)sql");

const std::string kBalanceOf = R"sql(
    select c.path, c.currency, sum(b.balance)::int8
    from ledger_accounts c join ledger_balances b on b.account_id = c.id
    where c.merchant_id = $1::uuid and c.live = $2::bool group by c.path, c.currency order by c.path
)sql";

// The currency's own rule before the default.
const std::string kFeeRule = R"sql(
    select basis_points, fixed from fee_plans
    where merchant_id = $1::uuid and (currency is null or currency = $2::text::bpchar) order by currency nulls last limit 1
)sql";

// Through the payment's operations: open_operations has no index on payments.
const std::string kOpenOf = R"sql(
    select o.operation_id, o.kind, o.psp, o.psp_account, o.lease_until <= k.now, greatest(o.lease_until, o.next_try) <= k.now
    from (select florin_now() as now offset 0) k cross join operations a cross join )sql" +
                            kItsOpenRow +
                            R"sql(
    where a.payment_id = $1::uuid order by o.operation_id
)sql";

const std::string kExpiring = R"sql(
    select q.id, q.merchant_id, q.live, q.authorized - q.captured - q.voided - q.expired, q.currency, q.psp, h.capture_before
    from held_authorizations h join payments q on q.id = h.payment_id
    where h.capture_before <= (select florin_now()) + $1::int8 * interval '1 millisecond'
    order by h.capture_before limit $2::int8
)sql";

const std::string kMoveWatch = R"sql(
    update watched_operations set next_look = florin_now() + $2::int8 * interval '1 millisecond' where operation_id = $1::uuid
)sql";

const std::string kMoveHold = R"sql(
    update held_authorizations set next_look = florin_now() + $2::int8 * interval '1 millisecond' where payment_id = $1::uuid
)sql";

const std::string kExpireNow = R"sql(
    update held_authorizations h set capture_before = least(h.capture_before, k.now), next_look = k.now
    from (select florin_now() as now offset 0) k where h.payment_id = $1::uuid
)sql";

const std::string kTakeStanding = with_columns(
#include "store/statements/take_standing.sql"
);
const std::string kTakeWatchedAttempts = with_columns(
#include "store/statements/take_watched_attempts.sql"
);

const std::string kMoveStanding = R"sql(
    update standing_late_charges set next_look = florin_now() + $2::int8 * interval '1 millisecond' where operation_id = $1::uuid
)sql";

const std::string kCountStanding = R"sql(
    select count(*) from standing_late_charges
    where psp = $1::text and psp_account = $2::text and florin_is_live(operation_id) = $3::bool
)sql";

const std::string kWatchAttempt = R"sql(
    insert into watched_attempts (operation_id, attempt, payment_id, psp, psp_account, send_until, closed_at, until, next_look)
    select o.operation_id, o.attempt, o.payment_id, o.psp, o.psp_account, o.recorded_at + $4::int8 * interval '1 millisecond',
           k.now, k.now + $6::int8 * interval '1 millisecond', k.now + $5::int8 * interval '1 millisecond'
    from operations o, (select florin_now() as now offset 0) k
    where o.payment_id = $1::uuid and o.operation_id = $2::uuid and o.attempt = $3::int2
    on conflict (operation_id, attempt) do update
    set next_look = least(watched_attempts.next_look, excluded.next_look), until = greatest(watched_attempts.until, excluded.until)
)sql";

// A late success that was answered shows no second time.
const std::string kMoveWatchedAttempts = R"sql(
    with look as materialized (
        select l.*, l.after is null or florin_now() >= w.until
                    or exists (select from late_charges c where c.operation_id = l.operation_id and c.attempt = l.attempt) as ends
        from unnest($1::uuid[], $2::int2[], $3::int8[]) as l(operation_id, attempt, after)
        join watched_attempts w on w.operation_id = l.operation_id and w.attempt = l.attempt),
    ended as (
        delete from watched_attempts w using look l
        where w.operation_id = l.operation_id and w.attempt = l.attempt and l.ends)
    update watched_attempts w set next_look = florin_now() + l.after * interval '1 millisecond'
    from look l where w.operation_id = l.operation_id and w.attempt = l.attempt and not l.ends
)sql";

// Each table that work waits in. What is looked at far ahead is long: its accounts are found by its index, from each
// one's to the next one's.
const std::string kDueByAccount = R"sql(
    with recursive clock as materialized (select florin_now() as now),
    looks as not materialized (
        select psp, psp_account, next_look, operation_id as id from watched_operations
        union all select psp, psp_account, next_look, operation_id from watched_attempts
        union all select psp, psp_account, next_look, operation_id from standing_late_charges),
    looking as (
        (select psp, psp_account from looks order by psp, psp_account limit 1)
        union all
        select n.psp, n.psp_account from looking a cross join lateral (
            select l.psp, l.psp_account from looks l where (l.psp, l.psp_account) > (a.psp, a.psp_account)
            order by l.psp, l.psp_account limit 1) n),
    due as (
        select psp, psp_account, florin_is_live(operation_id) as live from open_operations, clock k
        where next_try <= k.now and lease_until <= k.now
        union all
        select psp, psp_account, florin_is_live(payment_id) from held_authorizations
        where capture_before <= (select now from clock) and next_look <= (select now from clock)
        union all
        select psp, psp_account, live from open_psp_events, clock k
        where not parked and next_try <= k.now and lease_until <= k.now
        union all
        select l.psp, l.psp_account, florin_is_live(l.id) from looking a
        join looks l on l.psp = a.psp and l.psp_account = a.psp_account and l.next_look <= (select now from clock))
    select psp, psp_account, live, count(*) from due group by 1, 2, 3 order by 1, 2, 3
)sql";

const std::string kFindDue =
#include "store/statements/find_due.sql"
    ;
// $1 to $6 are of take.sql. By their keys, so that a taking costs what it takes; whether one is due is asked again
// under its lock.
const std::string kDue = R"sql(
    select o.* from unnest($12::uuid[]) with ordinality as x(operation_id, place) cross join clock k
    join open_operations o on o.operation_id = x.operation_id
    where o.operation_id = any ($12::uuid[])
        and o.psp = $7::text and o.psp_account = $8::text and florin_is_live(o.operation_id) = $9::bool
        and o.next_try <= k.now and o.lease_until <= k.now and o.kind = any ($11::text[])
    order by x.place limit $10::int8 for update of o skip locked)sql";
const std::string kOne = R"sql(
    select o.* from open_operations o, clock k
    where o.operation_id = $7::uuid and o.lease_until <= k.now for update of o)sql";

}  // namespace

Task<void> open_reader(postgres::Connection& connection) {
    const std::pair<std::string, std::string> statements[] = {
        {"find_by_key", operation_sql("k.fingerprint", "idempotency_keys k") +
                            " where k.merchant_id = $1::uuid and k.live = $2::bool and k.key = $3::text"},
        {"find_operation", operation_sql("null::bytea", "(select $1::uuid as payment_id, $2::uuid as operation_id) k")},
        {"find_payment",
         with_columns(
             "select {payment} from payments q where id = $3::uuid and merchant_id = $1::uuid and live = $2::bool")},
        {"find_results", kFindResults},
        {"operations_of", kOperationsOf},
        {"ledger_of", kLedgerOf},
        {"audit_of", kAuditOf},
        {"list", kList},
        {"balance_of", kBalanceOf},
        {"fee_rule", kFeeRule},
        {"expiring", kExpiring},
        {"open_of", kOpenOf},
        {"take_expired", kTakeExpired},
        {"take_watched", kTakeWatched},
        {"due_by_account", kDueByAccount},
        {"move_hold", kMoveHold},
        {"expire_now", kExpireNow},
        {"find_subjects", kFindSubjects},
        {"move_watch", kMoveWatch},
        {"end_watch", "delete from watched_operations where operation_id = $1::uuid"},
        {"find_due", kFindDue},
        {"take_due", take_sql(kDue)},
        {"take", take_sql(kOne)},
        {"take_standing", kTakeStanding},
        {"end_standing", "delete from standing_late_charges where operation_id = $1::uuid"},
        {"move_standing", kMoveStanding},
        {"count_standing", kCountStanding},
        {"take_watched_attempts", kTakeWatchedAttempts},
        {"watch_attempt", kWatchAttempt},
        {"move_watched_attempts", kMoveWatchedAttempts},
        {"readiness", "select florin_months_ahead(), current_setting('transaction_read_only')::bool"},
        {"ensure_partitions", "select florin_ensure_partitions()"},
    };
    const Deadline deadline = Deadline::after(kOpen);
    // A generic plan made while next month's partition is empty would scan it for ever after; one for an unknown limit
    // takes it for a tenth of the table, and would hash all of what it looks up, or read a whole range to sort it. A
    // second process for a look through a backlog would take its core from the payments.
    co_await connection.run(
        "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off; "
        "set enable_mergejoin = off; set enable_hashjoin = off; set jit = off; set max_parallel_workers_per_gather = 0",
        deadline);
    for (const auto& [name, sql] : statements) co_await connection.prepare(name, sql, deadline);
    for (const auto& [name, sql] : open_statements()) co_await connection.prepare(name, sql, deadline);
}

}  // namespace florin::store
