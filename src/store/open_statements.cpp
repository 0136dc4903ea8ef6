#include "store/open_statements.hpp"

#include "store/rows.hpp"

namespace florin::store {
namespace {

// Currency, count, sum and the oldest age in ms, by pile. $1: how soon an authorization expires to be shown, in ms.
const std::string kOverview = R"sql(
    with clock as materialized (select florin_now() as now),
    open as materialized (
        select a.currency, a.amount, o.parked, q.status = 'requires_action' as waits, k.now - a.recorded_at as age
        from open_operations o cross join clock k
        join operations a on a.payment_id = o.payment_id and a.operation_id = o.operation_id and a.attempt = o.attempt
        join payments q on q.id = o.payment_id),
    expiring as materialized (
        select q.currency, q.authorized - q.captured - q.voided - q.expired as amount, k.now - q.created_at as age
        from held_authorizations h cross join clock k join payments q on q.id = h.payment_id
        where h.capture_before <= (select now from clock) + $1::int8 * interval '1 millisecond'),
    piles as (
        select 0 as pile, currency, amount, age from open
        union all select 1, currency, amount, age from open where parked
        union all select 2, currency, amount, age from open where waits
        union all select 3, currency, amount, age from expiring
        union all select 4, null, null, k.now - received_at from open_psp_events cross join clock k where parked)
    select pile::int4, currency, count(*), sum(amount)::int8, (extract(epoch from max(age)) * 1000)::int8
    from piles group by 1, 2 order by 1, 2
)sql";

// Of open_operations as o, operations as a, payments as q and a clock as k.
constexpr const char* kRow = R"sql(
    o.operation_id, o.payment_id, q.merchant_id, q.live, o.attempt, o.kind, a.amount, a.currency, o.psp, o.psp_account,
    o.tries, o.generation, o.parked, q.status = 'requires_action', o.evidence, o.psp_reference, a.recorded_at,
    (extract(epoch from k.now - a.recorded_at) * 1000)::int8, (extract(epoch from o.next_try - k.now) * 1000)::int8,
    (extract(epoch from o.lease_until - k.now) * 1000)::int8)sql";
constexpr const char* kTables = R"sql(
    join operations a on a.payment_id = o.payment_id and a.operation_id = o.operation_id and a.attempt = o.attempt
    join payments q on q.id = o.payment_id)sql";

// $1 state (0 any, 1 parked, 2 waiting for the payer), $2 merchant, $3 mode, $4 PSP, $5 the last one seen, $6 limit.
// Ids grow with time: their order is that of the requests.
const std::string kList = std::string("select ") + kRow + R"sql(
    from (select florin_now() as now offset 0) k cross join open_operations o)sql" +
                          kTables + R"sql(
    where ($1::int4 <> 1 or o.parked) and ($1::int4 <> 2 or q.status = 'requires_action')
        and ($2::uuid is null or q.merchant_id = $2) and ($3::bool is null or q.live = $3)
        and ($4::text is null or o.psp = $4) and ($5::uuid is null or o.operation_id > $5)
    order by o.operation_id limit $6::int8
)sql";

const std::string kFind = std::string("select ") + kRow + R"sql(
    from (select florin_now() as now offset 0) k cross join open_operations o)sql" +
                          kTables + " where o.operation_id = $1::uuid";

// What a taking at this moment would say, as take.sql has it: $1 safe age, $2 time fence, $3 read lag, in ms; $4
// repeats are safe.
const std::string kPeek = with_columns(R"sql(
    select {attempt}, d.generation, d.tries, s.may_send,
           k.now > d.send_until + $2::int8 * interval '1 millisecond' and not s.may_send,
           case when k.now > d.fenced_at + $3::int8 * interval '1 millisecond'
                    and k.now - a.recorded_at < $1::int8 * interval '1 millisecond' then d.fenced_at end,
           a.recorded_at, d.send_until, (extract(epoch from k.now - a.recorded_at) * 1000)::int8, d.psp_reference, d.parked,
           {payment}
    from (select florin_now() as now offset 0) k cross join open_operations d
    join operations a on a.payment_id = d.payment_id and a.operation_id = d.operation_id and a.attempt = d.attempt
    cross join lateral (
        select k.now < d.execute_until and k.now - a.recorded_at < $1::int8 * interval '1 millisecond' and $4::bool
                   and not d.parked as may_send) s
    join payments q on q.id = d.payment_id
    where d.operation_id = $5::uuid
)sql");

const std::string kPaymentOf = R"sql(
    select payment_id from open_operations where operation_id = $1::uuid
    union all
    select payment_id from operation_results where operation_id = $1::uuid
    limit 1
)sql";

// $1: every kind that this release knows. What another one wrote is not in anybody's way, and is seen.
const std::string kParkUnknownKinds = R"sql(
    update open_operations
    set parked = true, evidence = 'no handler for the kind ' || kind || ' in this release'
    where kind <> all ($1::text[]) and not parked
    returning operation_id, payment_id, kind
)sql";

// A table with a time of the next look, with a relay's cursor or with leases is one that work waits in.
const std::string kQueues = R"sql(
    select distinct c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and a.attname in ('next_try', 'next_look', 'relay', 'leased_until')
    order by 1
)sql";

const std::string kTakePolicies = with_columns(
#include "store/statements/take_policies.sql"
);

}  // namespace

std::vector<std::pair<std::string, std::string>> open_statements() {
    return {{"overview", kOverview},
            {"list_open", kList},
            {"find_open", kFind},
            {"peek", kPeek},
            {"payment_of", kPaymentOf},
            {"queues", kQueues},
            {"take_policies", kTakePolicies},
            {"versions", "select id, version from payments where id = any ($1::uuid[])"},
            {"park_unknown_kinds", kParkUnknownKinds}};
}

}  // namespace florin::store
