#include "store/event_statements.hpp"

#include <utility>

#include "store/told_event.hpp"

namespace florin::store {
namespace {

constexpr Milliseconds kOpen{10'000};

const std::string kOutbox =
#include "store/statements/outbox.sql"
    ;
const std::string kRelay = with_touch(
#include "store/statements/relay.sql"
);

// Of each writer the first link that is not relayed.
const std::string kLag = R"sql(
    with recursive writers as (
        (select writer from chain_links order by writer limit 1)
        union all
        select n.writer from writers w cross join lateral (
            select c.writer from chain_links c where c.writer > w.writer order by c.writer limit 1) n)
    select coalesce((extract(epoch from florin_now() - min(l.created_at)) * 1000)::int8, 0)
    from writers w
    left join relay_cursors r on r.relay = $1::text and r.writer = w.writer
    cross join lateral (
        select c.created_at from chain_links c where c.writer = w.writer and c.link > coalesce(r.link, 0)
        order by c.link limit 1) l
)sql";

// What events e tell, which come from there.
std::string told(std::string_view from) {
    return std::string(kToldColumns).append(from).append(kTold);
}

// Looks at $5 rows from $3 to $4, answers up to $6 that pass the filters, as the list of payments does.
std::string page_sql(const std::string& looked) {
    return "with looked as materialized (" + looked + R"sql(),
    e as materialized (
        select * from looked
        where ($7::text is null or type = $7) and ($8::timestamptz is null or created_at >= $8)
            and ($9::timestamptz is null or created_at <= $9)
        order by id limit $6::int8)
    select (select count(*) from looked), (select id from looked order by id desc limit 1),)sql" +
           told(" from (select) one left join e on true") + " order by e.id";
}

const std::string kList = page_sql(R"sql(
    select * from events
    where merchant_id = $1::uuid and live = $2::bool and id > $3::uuid and id <= $4::uuid order by id limit $5::int8)sql");

// A payment has few.
const std::string kListOfPayment = page_sql(R"sql(
    select * from (
        select * from events
        where payment_id = $10::uuid and merchant_id = $1::uuid and live = $2::bool and id > $3::uuid and id <= $4::uuid
        offset 0) of_payment
    order by id limit $5::int8)sql");

const std::string kFind = "select 1::int8, null::uuid," + told(" from events e") +
                          " where e.merchant_id = $1::uuid and e.live = $2::bool and e.id = $3::uuid";

const std::string kLater = R"sql(
    select w.ord::int4
    from unnest($1::uuid[], $2::bool[], $3::uuid[]) with ordinality as w(merchant_id, live, after, ord)
    where exists (select from events e where e.merchant_id = w.merchant_id and e.live = w.live and e.id > w.after)
)sql";

}  // namespace

Task<void> open_event_reader(postgres::Connection& connection) {
    const std::pair<std::string, std::string> statements[] = {{"outbox", kOutbox},
                                                              {"relay", kRelay},
                                                              {"relay_lag", kLag},
                                                              {"list_events", kList},
                                                              {"list_events_of", kListOfPayment},
                                                              {"find_event", kFind},
                                                              {"later_events", kLater}};
    const Deadline deadline = Deadline::after(kOpen);
    // Plans for tables that grow from nothing, as the other readers have them.
    co_await connection.run(
        "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; "
        "set enable_mergejoin = off; set enable_hashjoin = off; set jit = off",
        deadline);
    for (const auto& [name, sql] : statements) co_await connection.prepare(name, sql, deadline);
}

}  // namespace florin::store
