// The database of a serving process: the configured one, or the embedded cluster, which this starts, keeps alive and
// stops. No payment is taken from a server that could lose an acknowledged commit.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>

#include "base/task.hpp"
#include "base/timer.hpp"
#include "config/config.hpp"
#include "postgres/cluster.hpp"

namespace florin {

class Database {
public:
    // Blocking: starts the embedded cluster where none is configured. Throws one clear line.
    Database(boost::asio::any_io_executor executor, const config::Config& config);
    ~Database();
    // Migrates the embedded database; refuses another one whose schema is not ours, and any whose settings are unsafe.
    Task<void> prepare(boost::asio::any_io_executor executor);
    const std::string& application_url() const { return application_url_; }
    void stop();

private:
    Task<void> watch();
    Task<std::string> restart();

    std::string application_url_;
    std::filesystem::path directory_;
    std::optional<postgres::EmbeddedCluster> cluster_;
    Timer tick_;
    boost::asio::thread_pool blocking_{1};  // starting PostgreSQL may take as long as crash recovery: not on the loop
    bool is_stopping_ = false;
};

}  // namespace florin
