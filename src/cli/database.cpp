#include "cli/database.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <exception>

#include "cli/command.hpp"
#include "postgres/cluster.hpp"

namespace florin::cli {
namespace {

postgres::ClusterUrls embedded_urls(const config::Config& config) {
    auto urls = postgres::find_running_cluster(config.data);
    if (!urls) {
        throw UsageError(fmt::format("no gateway runs on {}: start it with florin up, or name its --config",
                                     std::filesystem::absolute(config.data).string()));
    }
    return *urls;
}

}  // namespace

std::string application_url(const config::Config& config) {
    return config.database_url.empty() ? embedded_urls(config).application : config.database_url;
}

std::string owner_url(const config::Config& config) {
    if (config.database_url.empty()) return embedded_urls(config).owner;
    const char* url = std::getenv("FLORIN_DATABASE_OWNER_URL");
    if (!url || !*url)
        throw UsageError("FLORIN_DATABASE_OWNER_URL is not set: the schema belongs to role florin_owner");
    return url;
}

std::string admin_url(const config::Config& config) {
    if (config.database_url.empty()) return embedded_urls(config).admin;
    throw UsageError("the superuser of your own PostgreSQL is not known to florin");
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
