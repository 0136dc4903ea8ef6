#include "store/psp_events.hpp"

#include "base/assert.hpp"
#include "postgres/pool.hpp"
#include "store/committer.hpp"
#include "store/statements.hpp"

namespace florin::store {
namespace {

using postgres::Array;
using postgres::Oid;
using postgres::Params;
using postgres::Row;
using postgres::Rows;

constexpr Milliseconds kOpen{10'000};

const std::string kTake =
#include "store/statements/take_events.sql"
    ;
const std::string kFinish =
#include "store/statements/finish_events.sql"
    ;
const std::string kBacklog = R"sql(
    select count(*) filter (where not parked), count(*) filter (where parked),
           coalesce((extract(epoch from florin_now() - min(received_at) filter (where not parked)) * 1000)::int8, 0),
           coalesce((extract(epoch from florin_now() - min(received_at) filter (where parked)) * 1000)::int8, 0)
    from open_psp_events
)sql";

// Plans for tables that grow from nothing, as the writers have them.
Task<void> open_reader(postgres::Connection& connection) {
    const Deadline deadline = Deadline::after(kOpen);
    co_await connection.run(
        "set plan_cache_mode = force_generic_plan; set enable_mergejoin = off; set enable_hashjoin = off; set jit = "
        "off",
        deadline);
    co_await connection.prepare("psp_event_backlog", kBacklog, deadline);
    co_await connection.run("set enable_seqscan = off", deadline);
    co_await connection.prepare("take_psp_events", kTake, deadline);
    co_await connection.prepare("finish_psp_events", kFinish, deadline);
}

// The NUL keeps the parts apart: no name has one.
std::string key_of(const ReceivedEvent& event) {
    std::string key = event.event;
    key.append(1, '\0').append(event.account.psp).append(1, '\0').append(event.account.name);
    return key.append(event.account.live ? "1" : "0");
}

Params params_of(const ledger::PspAccount& account) {
    Params params;
    params.add(account.psp).add(account.name).add(account.live);
    return params;
}

TakenEvent read_taken(const Row& row) {
    return {.id = PspEventId(row.uuid(1)),
            .event = std::string(row.text(0)),
            .type = std::string(row.text(2)),
            .generation = row.int4(3),
            .tries = row.int4(4),
            .received = row.time(6),
            .body = std::string(row.text(7))};
}

// The columns of an ending: its number, the delay and the words.
struct EndColumns {
    std::int16_t ending;
    std::int64_t delay_ms;
    std::string_view words;
};
EndColumns columns_of(const EventEnd& end) {
    if (const auto* handled = std::get_if<Handled>(&end.end)) return {0, 0, handled->what};
    if (const auto* again = std::get_if<Again>(&end.end)) return {1, again->next_try.count(), again->why};
    return {2, 0, std::get<Parked>(end.end).why};
}

}  // namespace

struct PspEvents::State {
    std::shared_ptr<Committer> committer;
    postgres::Pool readers;
};

PspEvents::PspEvents(boost::asio::any_io_executor executor, PspEventsOptions options) {
    CommitterOptions one_writer{options.conninfo, 1, options.batch, options.queue, nullptr};
    state_.reset(new State{std::make_shared<Committer>(executor, std::move(one_writer)),
                           postgres::Pool(executor, options.conninfo, options.readers, open_reader)});
}

PspEvents::~PspEvents() {
    state_->committer->stop();
}

Task<void> PspEvents::start(Deadline deadline) {
    return state_->committer->start(deadline);
}

Task<void> PspEvents::drain(Deadline deadline) {
    return state_->committer->drain(deadline);
}

Task<Kept> PspEvents::keep(ReceivedEvent event, Deadline deadline) {
    FLORIN_ASSERT(!event.event.empty() && event.weight >= 0 && event.weight <= 1);
    auto key = key_of(event);
    auto item = std::make_shared<EventItem>(std::move(key), std::move(event), deadline);
    state_->committer->submit(Kind::keep_event, item);
    co_return co_await EventItem::wait(std::move(item));
}

Task<TakenEvents> PspEvents::take(ledger::PspAccount account, Milliseconds lease, int limit, Deadline deadline) {
    Params params = params_of(account);
    params.add(lease.count()).add(static_cast<std::int64_t>(limit)).add(static_cast<std::int16_t>(kMostLapses));
    const Rows rows = co_await state_->readers.execute("take_psp_events", std::move(params), deadline);
    TakenEvents taken;
    for (int i = 0; i < rows.size(); ++i) {
        if (rows[i].boolean(5)) {
            taken.parked.emplace_back(rows[i].text(0));
        } else {
            taken.events.push_back(read_taken(rows[i]));
        }
    }
    co_return taken;
}

Task<std::size_t> PspEvents::finish(ledger::PspAccount account, std::vector<EventEnd> ends, Deadline deadline) {
    Array events(Oid::text), generations(Oid::int4), endings(Oid::int2), delays(Oid::int8), words(Oid::text);
    for (const EventEnd& end : ends) {
        const auto columns = columns_of(end);
        events.add(end.event);
        generations.add(end.generation);
        endings.add(columns.ending);
        delays.add(columns.delay_ms);
        words.add(columns.words);
    }
    Params params = params_of(account);
    params.add(std::move(events)).add(std::move(generations)).add(std::move(endings));
    params.add(std::move(delays)).add(std::move(words));
    const Rows rows = co_await state_->readers.execute("finish_psp_events", std::move(params), deadline);
    co_return static_cast<std::size_t>(rows[0].int8(0));
}

Task<EventBacklog> PspEvents::backlog(Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("psp_event_backlog", {}, deadline);
    co_return EventBacklog{.waiting = rows[0].int8(0),
                           .parked = rows[0].int8(1),
                           .oldest = Milliseconds(rows[0].int8(2)),
                           .oldest_parked = Milliseconds(rows[0].int8(3))};
}

}  // namespace florin::store
