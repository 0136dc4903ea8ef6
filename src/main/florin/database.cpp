#include "main/florin/database.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <stdexcept>

#include "observe/log.hpp"
#include "postgres/migrations.hpp"
#include "postgres/settings.hpp"

namespace florin {
namespace {

constexpr Milliseconds kConnect{10'000};
constexpr Milliseconds kMigrate{600'000};
constexpr Milliseconds kLookEvery{250};
constexpr Milliseconds kLongestPause{10'000};

void log_applied(const std::vector<std::string>& names) {
    for (const auto& name : names) observe::log(observe::Level::info, "schema.applied", {{"migration", name}});
}

Task<void> migrate_as(boost::asio::any_io_executor executor, std::string owner_url) {
    auto connection = co_await postgres::Connection::open(executor, std::move(owner_url), Deadline::after(kConnect));
    log_applied(co_await postgres::migrate(*connection, Deadline::after(kMigrate)));
}

Task<void> check_server(boost::asio::any_io_executor executor, std::string url) {
    auto connection = co_await postgres::Connection::open(executor, std::move(url), Deadline::after(kConnect));
    auto problems = co_await postgres::unsafe_settings(*connection, Deadline::after(kConnect));
    if (!problems.empty()) {
        throw std::runtime_error(fmt::format("this PostgreSQL could lose payments: {}", fmt::join(problems, "; ")));
    }
    auto mismatch = co_await postgres::schema_mismatch(*connection, Deadline::after(kConnect));
    if (!mismatch.empty()) throw std::runtime_error(mismatch);
}

}  // namespace

Database::Database(boost::asio::any_io_executor executor, const config::Config& config)
    : application_url_(config.database_url), tick_(executor) {
    if (!config.database_url.empty()) return;
    directory_ = std::filesystem::absolute(config.data);
    cluster_.emplace(postgres::EmbeddedCluster::start(directory_));
    application_url_ = cluster_->urls().application;
    if (cluster_->was_adopted())
        observe::log(observe::Level::warning, "postgres.adopted", {{"why", "left by a kill -9"}});
    spawn(executor, watch());
}

Database::~Database() {
    stop();
}

Task<void> Database::prepare(boost::asio::any_io_executor executor) {
    if (cluster_) co_await migrate_as(executor, cluster_->urls().owner);
    co_await check_server(executor, application_url_);
}

// PostgreSQL may be killed (out of memory, an operator's mistake); its clients reconnect once it is back.
Task<void> Database::watch() {
    Milliseconds pause = kLookEvery;
    while (!is_stopping_) {
        tick_.expires_after(pause);
        boost::system::error_code cancelled;
        co_await tick_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
        if (is_stopping_ || (cluster_ && cluster_->is_running())) continue;
        observe::log(observe::Level::error, "postgres.died", {{"data", directory_.string()}});
        auto problem = co_await boost::asio::co_spawn(blocking_, restart(), boost::asio::use_awaitable);
        pause = problem.empty() ? kLookEvery : std::min(pause * 2, kLongestPause);
        observe::log(problem.empty() ? observe::Level::info : observe::Level::error, "postgres.restarted",
                     {{"ok", problem.empty()}, {"why", problem}});
    }
}

Task<std::string> Database::restart() {
    try {
        cluster_.reset();
        cluster_.emplace(postgres::EmbeddedCluster::start(directory_));
        co_return std::string();
    } catch (const std::exception& error) {
        co_return std::string(error.what());
    }
}

void Database::stop() {
    is_stopping_ = true;
    tick_.cancel();
    blocking_.join();
    if (cluster_) cluster_->stop();
    cluster_.reset();
}

}  // namespace florin
