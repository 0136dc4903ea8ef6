// What the tests of this module share: one embedded cluster per test program in a short temporary folder, and a loop.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "postgres/cluster.hpp"
#include "postgres/connection.hpp"

namespace florin::postgres::test {

using ConnectionPtr = std::unique_ptr<Connection>;

inline Deadline soon() {
    return Deadline::after(Milliseconds(20'000));
}

// A folder below /tmp (short, for socket paths) that goes with its owner.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = "/tmp/fl-XXXXXX";
        if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
        path_ = name;
        // PostgreSQL runs as another user when the tests run as root.
        std::filesystem::permissions(path_, std::filesystem::perms(0755));
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// Started by the first test that asks, stopped at the end of the program.
inline EmbeddedCluster& cluster() {
    static TemporaryFolder folder;
    static EmbeddedCluster started = EmbeddedCluster::start(folder.path() / "c");
    return started;
}

// Waits for what another process does, up to twenty seconds.
template <class Condition>
bool eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

class OnLoop : public ::testing::Test {
protected:
    // Runs the task to its end and gives its value, or throws what it threw.
    template <class T>
    T wait(Task<T> task) {
        std::optional<T> value;
        wait(store(std::move(task), value));
        return std::move(*value);
    }
    void wait(Task<void> task) {
        std::exception_ptr failure;
        spawn(loop_.get_executor(), std::move(task), [&](std::exception_ptr thrown) { failure = thrown; });
        run();
        if (failure) std::rethrow_exception(failure);
    }

    ConnectionPtr connect(const std::string& url = cluster().urls().admin) {
        return wait(Connection::open(loop_.get_executor(), url, soon()));
    }
    Rows query(Connection& connection, std::string sql, Params params = {}) {
        return wait(connection.query(std::move(sql), std::move(params), soon()));
    }
    void run(Connection& connection, std::string sql) { wait(connection.run(std::move(sql), soon())); }

    boost::asio::io_context loop_{1};

private:
    // co_spawn wants a result that can be made of nothing; not every result can.
    template <class T>
    static Task<void> store(Task<T> task, std::optional<T>& value) {
        value = co_await std::move(task);
    }
    void run() {
        loop_.restart();
        loop_.run();
    }
};

}  // namespace florin::postgres::test
