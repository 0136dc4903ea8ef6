#include "main/florin/serve.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>

#include "main/florin/database.hpp"
#include "main/florin/gateway.hpp"
#include "observe/batched_log.hpp"
#include "observe/log.hpp"

namespace florin {
namespace {

constexpr Milliseconds kDrain{30'000};

std::string_view name_of(cli::Role role) {
    switch (role) {
        case cli::Role::all:
            return "up";
        case cli::Role::api:
            return "api";
        case cli::Role::worker:
            return "worker";
    }
    std::abort();
}

void set_log_level(const std::string& name) {
    using observe::Level;
    static const std::map<std::string, Level> kLevels{
        {"debug", Level::debug}, {"info", Level::info}, {"warning", Level::warning}, {"error", Level::error}};
    observe::set_log_level(kLevels.at(name));
}

void announce(const config::Config& config, cli::Role role, std::uint16_t port) {
    const std::string_view scheme = config.tls_certificate.empty() ? "http" : "https";
    observe::log(observe::Level::info, "started", {{"role", name_of(role)}, {"port", port}, {"scheme", scheme}});
    std::cout << fmt::format("florin {} is ready at {}://{}:{}\n", name_of(role), scheme, config.address, port)
              << std::flush;
}

void reload(Gateway& gateway, const config::Config& config) {
    if (config.tls_certificate.empty()) {
        observe::log(observe::Level::info, "certificate.none",
                     {{"why", "SIGHUP reads a certificate again; none is set"}});
        return;
    }
    const auto reloaded = gateway.reload_certificate();
    if (reloaded) {
        observe::log(observe::Level::info, "certificate.reloaded", {{"file", config.tls_certificate}});
    } else {
        observe::log(observe::Level::error, "certificate.kept", {{"why", reloaded.error().detail}});
    }
}

struct Life {
    boost::asio::io_context& loop;
    boost::asio::signal_set& signals;
    Database& database;
    const config::Config& config;
    cli::Role role;
};

// The signal that ends it; SIGHUP only brings the new certificate.
Task<int> told_to_stop(Gateway& gateway, Life life) {
    while (true) {
        const int signal = co_await life.signals.async_wait(boost::asio::use_awaitable);
        if (signal != SIGHUP) co_return signal;
        reload(gateway, life.config);
    }
}

void hurry_when_told_again(boost::asio::signal_set& signals, boost::asio::io_context& loop) {
    signals.async_wait([&signals, &loop](const boost::system::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP) return hurry_when_told_again(signals, loop);
        loop.stop();
    });
}

Task<void> live(Life life) {
    co_await life.database.prepare(life.loop.get_executor());
    Gateway gateway(life.loop.get_executor(), life.config, life.role, life.database.application_url());
    co_await gateway.start();
    announce(life.config, life.role, gateway.port());

    const int signal = co_await told_to_stop(gateway, life);
    observe::log(observe::Level::info, "stopping", {{"signal", signal}});
    hurry_when_told_again(life.signals, life.loop);
    co_await gateway.drain(Deadline::after(kDrain));
    life.signals.cancel();
}

}  // namespace

int serve(config::Config config, cli::Role role) {
    set_log_level(config.log_level);
    boost::asio::io_context loop(1);
    observe::BatchedLog log([&] { boost::asio::post(loop, observe::BatchedLog::flush); });
    boost::asio::signal_set signals(loop, SIGTERM, SIGINT, SIGHUP);
    Database database(loop.get_executor(), config);

    bool is_over = false;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, live({loop, signals, database, config, role}), [&](std::exception_ptr thrown) {
        is_over = true;
        failure = thrown;
        loop.stop();
    });
    loop.run();
    observe::BatchedLog::flush();  // nobody runs what was posted

    database.stop();
    // Hurried: running requests are still suspended and hold references to all of this; the process just ends.
    if (!is_over) std::_Exit(1);
    if (failure) std::rethrow_exception(failure);
    observe::log(observe::Level::info, "stopped");
    return 0;
}

}  // namespace florin
