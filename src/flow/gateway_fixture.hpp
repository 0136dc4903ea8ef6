// For tests of the flow: one PostgreSQL per test program, gateways that share it, and a loop that is driven by hand.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "flow/operations.hpp"
#include "flow/scripted_psp.hpp"
#include "flow/worker.hpp"
#include "postgres/cluster.hpp"
#include "postgres/connection.hpp"
#include "postgres/migrations.hpp"

namespace florin::flow {

inline constexpr Milliseconds kPatience{20'000};  // longest wait of any test for anything

// What one HTTP session will have got.
struct Pending {
    std::optional<Checked<Answer>> answer;
    std::exception_ptr failure;
    bool is_done() const { return answer || failure; }
};

class Loop {
public:
    boost::asio::io_context io{1};

    bool until(const std::function<bool()>& condition) {
        const auto limit = Deadline::after(kPatience);
        while (!condition()) {
            if (limit.passed()) return false;
            if (io.stopped()) io.restart();
            io.run_one_for(Milliseconds{20});
        }
        return true;
    }

    template <class T>
    T wait_for(Task<T> task) {
        std::optional<T> result;
        std::exception_ptr failure;
        bool has_ended = false;
        boost::asio::co_spawn(io, keep(std::move(task), result), [&](std::exception_ptr error) {
            failure = error;
            has_ended = true;
        });
        // What has not ended holds references to this frame: there is no going on.
        if (!until([&] { return has_ended; })) std::abort();
        if (failure) std::rethrow_exception(failure);
        return std::move(*result);
    }
    void wait_for(Task<void> task) { wait_for(as_bool(std::move(task))); }

private:
    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        result.emplace(co_await std::move(task));
    }
    static Task<bool> as_bool(Task<void> task) {
        co_await std::move(task);
        co_return true;
    }
};

// The cluster of this program, migrated, with one merchant.
class Database {
public:
    static Database& shared() {
        static Database database;
        return database;
    }
    const std::string& application() const { return cluster_->urls().application; }

    // As the owner: what no gateway may do.
    std::string run(const std::string& sql) {
        Loop loop;
        return loop.wait_for(run_sql(loop.io.get_executor(), cluster_->urls().admin, sql));
    }

private:
    Database() {
        char name[] = "/tmp/flXXXXXX";
        directory_ = ::mkdtemp(name);
        std::filesystem::permissions(directory_, std::filesystem::perms::all);
        cluster_ = std::make_unique<postgres::EmbeddedCluster>(postgres::EmbeddedCluster::start(directory_ / "pg"));
        Loop loop;
        loop.wait_for(migrate(loop.io.get_executor(), cluster_->urls().owner));
    }
    ~Database() {
        cluster_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    static Task<void> migrate(boost::asio::any_io_executor executor, std::string url) {
        const auto deadline = Deadline::after(kPatience);
        auto connection = co_await postgres::Connection::open(executor, url, deadline);
        co_await postgres::migrate(*connection, deadline);
    }
    static Task<std::string> run_sql(boost::asio::any_io_executor executor, std::string url, std::string sql) {
        const auto deadline = Deadline::after(kPatience);
        auto connection = co_await postgres::Connection::open(executor, url, deadline);
        const auto rows = co_await connection->query(sql, {}, deadline);
        co_return rows.empty() ? std::string() : std::string(rows[0].text(0));
    }

    std::filesystem::path directory_;
    std::unique_ptr<postgres::EmbeddedCluster> cluster_;
};

inline PspAccount account_at(ScriptedPsp& psp, bool live = false) {
    return {.psp = &psp,
            .account = {.psp = psp.table.name, .name = psp.account(), .live = live},
            .fees = {},
            .default_fee = {.basis_points = 290, .fixed = 30}};
}

// One gateway process: its own store, operations and worker.
class Gateway {
public:
    Gateway(Loop& loop, ScriptedPsp& psp, FlowOptions options, store::StoreOptions store_options = {})
        : loop_(loop),
          psp_(psp),
          store(loop.io.get_executor(), with_database(std::move(store_options))),
          accounts{.all = {account_at(psp)}},
          services{.executor = loop.io.get_executor(),
                   .clock = clock_,
                   .store = store,
                   .psps = accounts,
                   .metrics = metrics,
                   .options = options},
          operations(services) {
        loop_.wait_for(store.start(Deadline::after(kPatience)));
    }
    ~Gateway() {
        psp_.release();
        stop_worker();
        loop_.wait_for(operations.drain(Deadline::after(kPatience)));
        loop_.wait_for(store.drain(Deadline::after(kPatience)));
    }

    std::shared_ptr<Pending> begin(Command command) {
        auto pending = std::make_shared<Pending>();
        boost::asio::co_spawn(loop_.io, operations.run(std::move(command)),
                              [pending](std::exception_ptr error, Checked<Answer> answer) {
                                  if (error)
                                      pending->failure = error;
                                  else
                                      pending->answer = std::move(answer);
                              });
        return pending;
    }
    Checked<Answer> send(Command command) {
        auto pending = begin(std::move(command));
        if (!loop_.until([&] { return pending->is_done(); })) throw std::runtime_error("no answer");
        if (pending->failure) std::rethrow_exception(pending->failure);
        return *pending->answer;
    }
    void start_worker() {
        is_working_ = true;
        worker.emplace(services);
        boost::asio::co_spawn(loop_.io, worker->run(), [this](std::exception_ptr) { is_working_ = false; });
    }
    void stop_worker() {
        if (worker) worker->stop();
        loop_.until([this] { return !is_working_; });
    }

private:
    static store::StoreOptions with_database(store::StoreOptions options) {
        options.conninfo = Database::shared().application();
        return options;
    }
    Loop& loop_;
    ScriptedPsp& psp_;
    SystemClock clock_;
    bool is_working_ = false;

public:
    observe::Metrics metrics;
    store::Store store;
    PspAccounts accounts;
    Services services;
    Operations operations;
    std::optional<Worker> worker;  // a new one at each start
};

// No test waits for these to pass; a busy machine keeps within them.
inline FlowOptions quick_options() {
    return {.answer_within = Milliseconds{15'000},
            .psp_deadline = Milliseconds{18'000},
            .lease = Milliseconds{25'000},
            .execute_for = Milliseconds{15 * 60'000},
            .abandon_after = Milliseconds{60 * 60'000},
            .resolver_per_second = 1000};
}

}  // namespace florin::flow
