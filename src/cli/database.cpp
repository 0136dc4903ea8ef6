#include "cli/database.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>
#include <fstream>

#include "cli/command.hpp"

namespace florin::cli {
namespace {

// The embedded cluster keeps one password per role in <data>/secrets and listens on a socket in <data>/socket.
std::string embedded_url(const config::Config& config, std::string_view role) {
    auto data = std::filesystem::absolute(config.data);
    if (!std::filesystem::exists(data / "data" / "postmaster.pid")) {
        throw UsageError(
            fmt::format("no gateway runs on {}: start it with florin up, or name its --config", data.string()));
    }
    std::ifstream file(data / "secrets" / role);
    std::string password;
    if (!std::getline(file, password)) {
        throw UsageError(fmt::format("{} cannot be read: run this as the user who runs the gateway",
                                     (data / "secrets" / role).string()));
    }
    return fmt::format("host='{}' dbname=florin user={} password='{}'", (data / "socket").string(), role, password);
}

}  // namespace

std::string application_url(const config::Config& config) {
    return config.database_url.empty() ? embedded_url(config, "florin_app") : config.database_url;
}

std::string owner_url(const config::Config& config) {
    if (config.database_url.empty()) return embedded_url(config, "florin_owner");
    const char* url = std::getenv("FLORIN_DATABASE_OWNER_URL");
    if (!url || !*url)
        throw UsageError("FLORIN_DATABASE_OWNER_URL is not set: the schema belongs to role florin_owner");
    return url;
}

int on_loop(std::function<Task<int>(boost::asio::any_io_executor)> work) {
    boost::asio::io_context loop(1);
    int code = kUnavailable;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, work(loop.get_executor()), [&](std::exception_ptr thrown, int result) {
        failure = thrown;
        code = result;
        loop.stop();
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return code;
}

}  // namespace florin::cli
