// For tests of what works on a database: one PostgreSQL per test program, migrated, and a loop that is driven by hand.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/task.hpp"
#include "postgres/cluster.hpp"
#include "postgres/connection.hpp"
#include "postgres/migrations.hpp"

namespace florin::postgres {

inline constexpr Milliseconds kPatience{20'000};  // longest wait of any test for anything

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
        spawn(io.get_executor(), keep(std::move(task), result), [&](std::exception_ptr error) {
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

// The cluster of this program, migrated.
class Database {
public:
    static Database& shared() {
        static Database database;
        return database;
    }
    const std::string& application() const { return cluster_->urls().application; }

    // As the administrator: what no gateway may do. The first value of the first row, as text.
    std::string run(const std::string& sql) {
        Loop loop;
        return loop.wait_for(run_sql(loop.io.get_executor(), cluster_->urls().admin, sql));
    }

private:
    Database() {
        char name[] = "/tmp/flXXXXXX";
        directory_ = ::mkdtemp(name);
        std::filesystem::permissions(directory_, std::filesystem::perms::all);
        cluster_ = std::make_unique<EmbeddedCluster>(EmbeddedCluster::start(directory_ / "pg"));
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
        auto connection = co_await Connection::open(executor, url, deadline);
        co_await postgres::migrate(*connection, deadline);
    }
    static Task<std::string> run_sql(boost::asio::any_io_executor executor, std::string url, std::string sql) {
        const auto deadline = Deadline::after(kPatience);
        auto connection = co_await Connection::open(executor, url, deadline);
        const auto rows = co_await connection->query(sql, {}, deadline);
        co_return rows.empty() ? std::string() : std::string(rows[0].text(0));
    }

    std::filesystem::path directory_;
    std::unique_ptr<EmbeddedCluster> cluster_;
};

}  // namespace florin::postgres
