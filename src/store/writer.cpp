#include "store/writer.hpp"

#include <algorithm>
#include <random>

#include "base/fail_point.hpp"
#include "base/timer.hpp"
#include "observe/log.hpp"
#include "store/account_id.hpp"

namespace florin::store {
namespace {

using postgres::ConnectionLost;
using postgres::SqlError;

constexpr Milliseconds kConnect{5000};

// Plans are generic and go through indexes: a plan made on an empty table would scan it for ever.
const std::string kSettings =
    "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_mergejoin = off; set jit = off";

// The first free number. 1718382190 is "flrn": the other half of the lock's name.
const std::string kLock = R"sql(
    select number::int2 from generate_series(0, 1023) number where pg_try_advisory_lock(1718382190, number) limit 1
)sql";

const std::string kAccounts = R"sql(
    with accounts as (
        insert into ledger_accounts (id, path, live, currency, merchant_id)
        select * from unnest($2::uuid[], $3::text[], $4::bool[], $5::bpchar[], $6::uuid[]) on conflict do nothing)
    insert into ledger_balances (account_id, writer, balance)
    select id, $1::int2, 0 from unnest($2::uuid[]) id on conflict do nothing
)sql";

Deadline latest(const std::vector<ItemPtr>& items) {
    Milliseconds longest{0};
    for (const ItemPtr& item : items) longest = std::max(longest, item->deadline.remaining());
    return Deadline::after(longest);
}

}  // namespace

Writer::Writer(boost::asio::any_io_executor executor, std::string conninfo)
    : executor_(std::move(executor)), conninfo_(std::move(conninfo)) {}

Task<void> Writer::connect(Deadline deadline) {
    connection_.reset();
    auto connection = co_await postgres::Connection::open(executor_, conninfo_, deadline);
    co_await connection->run(kSettings, deadline);
    const auto rows = co_await connection->query(kLock, {}, deadline);
    if (rows.empty()) throw ConnectionLost("all writer numbers are taken");
    if (const std::int16_t number = rows[0].int2(0); number != number_) {
        accounts_.clear();
        number_ = number;
    }
    prepared_.clear();
    connection_ = std::move(connection);
}

Task<void> Writer::write(Batch batch) {
    in_flight_ = std::move(batch.items);
    co_await write_group(statement_of(batch.kind), in_flight_);
    in_flight_.clear();
}

Task<void> Writer::write_group(const Statement& statement, std::vector<ItemPtr> items) {
    for (;;) {
        for (const ItemPtr& item : items) item->fail_if_expired();
        std::erase_if(items, [](const ItemPtr& item) { return item->is_done(); });
        if (items.empty()) co_return;
        switch (co_await try_once(statement, items)) {
            case Next::done:
                failures_ = 0;
                co_return;
            case Next::reconnect:
                connection_.reset();
                [[fallthrough]];
            case Next::repeat:
                ++failures_;
                co_await pause();
                break;
            case Next::bisect: {
                if (items.size() == 1) {
                    items.front()->fail(error_);
                    co_return;
                }
                const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
                co_await write_group(statement, std::vector<ItemPtr>(items.begin(), middle));
                co_await write_group(statement, std::vector<ItemPtr>(middle, items.end()));
                co_return;
            }
        }
    }
}

// Everything that can go wrong with one statement, as what is done about it.
Task<Writer::Next> Writer::try_once(const Statement& statement, const std::vector<ItemPtr>& items) {
    try {
        co_await send(statement, items);
        co_return Next::done;
    } catch (const ConnectionLost& error) {
        observe::log(observe::Level::warning, "store.connection_lost",
                     {{"why", error.what()}, {"items", items.size()}});
        for (const ItemPtr& item : items) item->unsure = item->sent;
        co_return Next::reconnect;
    } catch (const SqlError& error) {
        observe::log(observe::Level::warning, "store.statement_failed",
                     {{"sqlstate", error.sqlstate()}, {"why", error.what()}, {"items", items.size()}});
        if (error.is_retryable()) co_return Next::repeat;
        if (error.is_server_trouble() || !connection_ || !connection_->is_usable()) co_return Next::reconnect;
        error_ = std::current_exception();
        if (error.is_data_error()) co_return Next::bisect;
        for (const ItemPtr& item : items) item->fail(error_);
        co_return Next::done;
    }
}

Task<void> Writer::send(const Statement& statement, const std::vector<ItemPtr>& items) {
    const Deadline deadline = latest(items);
    if (!connection_ || !connection_->is_usable()) co_await connect(deadline.earlier(Deadline::after(kConnect)));
    co_await prepare(statement, deadline);
    co_await ensure_accounts(statement.accounts(items), deadline);

    FLORIN_FAIL_POINT_OF("before_batch", statement.name(), ConnectionLost("fail point before_batch"));
    auto params = statement.bind(items, number_);
    for (const ItemPtr& item : items) item->sent = true;
    const auto rows = co_await connection_->execute(statement.name(), std::move(params), deadline);
    FLORIN_FAIL_POINT_OF("after_batch", statement.name(), ConnectionLost("fail point after_batch"));

    Verdicts verdicts = statement.read(rows, items.size());
    co_await confirm(statement, items, verdicts);
    for (std::size_t i = 0; i < items.size(); ++i) statement.answer(*items[i], verdicts[i]);
}

// A loser that was in flight when a connection was lost may have lost to its own earlier success.
Task<void> Writer::confirm(const Statement& statement, const std::vector<ItemPtr>& items, Verdicts& verdicts) {
    std::vector<ItemPtr> doubtful;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if ((verdicts[i] && verdicts[i]->won()) || !items[i]->unsure) continue;
        doubtful.push_back(items[i]);
        places.push_back(i);
    }
    if (doubtful.empty()) co_return;
    const auto rows =
        co_await connection_->query(statement.confirm_sql(), statement.bind_confirm(doubtful), latest(doubtful));
    const Verdicts found = statement.read(rows, doubtful.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i]) verdicts[places[i]] = found[i];
    }
}

Task<void> Writer::prepare(const Statement& statement, Deadline deadline) {
    if (prepared_.contains(statement.name())) co_return;
    co_await connection_->prepare(statement.name(), statement.sql(), deadline);
    prepared_.insert(statement.name());
}

// Committed before the batch that needs them: a balance row made inside it would be contended, and lost with it.
Task<void> Writer::ensure_accounts(std::vector<ledger::Account> accounts, Deadline deadline) {
    using postgres::Oid;
    postgres::Array ids(Oid::uuid), paths(Oid::text), modes(Oid::boolean), currencies(Oid::bpchar),
        merchants(Oid::uuid);
    std::set<Uuid> fresh;
    for (const ledger::Account& account : accounts) {
        const Uuid id = account_id(account);
        if (accounts_.contains(id) || !fresh.insert(id).second) continue;
        ids.add(id);
        paths.add(account.path);
        modes.add(account.live);
        currencies.add(account.currency.code());
        account.merchant ? merchants.add(account.merchant->uuid()) : merchants.add_null();
    }
    if (fresh.empty()) co_return;
    postgres::Params params;
    params.add(number_).add(std::move(ids)).add(std::move(paths)).add(std::move(modes));
    params.add(std::move(currencies)).add(std::move(merchants));
    co_await connection_->query(kAccounts, std::move(params), deadline);
    accounts_.merge(fresh);
}

// Before a repeat: 1, 2, 4 … 1024 ms, give or take a half, so that two that met in a deadlock do not meet again.
Task<void> Writer::pause() {
    thread_local std::minstd_rand random{std::random_device{}()};
    const int longest = 1000 << std::min(failures_ - 1, 10);
    const int us = std::uniform_int_distribution<int>(longest / 2, longest * 3 / 2)(random);
    Timer timer(executor_, std::chrono::microseconds(us));
    co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace florin::store
