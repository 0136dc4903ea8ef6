// Disk, file descriptors, and the pepper that lies beside the private PostgreSQL.
#include <fmt/format.h>
#include <sys/resource.h>

#include <filesystem>

#include "cli/doctor/finding.hpp"

namespace florin::cli {
namespace {

constexpr std::uintmax_t kMebibyte = 1U << 20;
constexpr std::uintmax_t kLeastFree = 1024 * kMebibyte;
constexpr std::uintmax_t kComfortablyFree = 5 * kLeastFree;
// Database, log, PSP connections and files that are open besides the clients' connections.
constexpr rlim_t kOwnDescriptors = 512;

Finding disk(const config::Config& config) {
    // The directory may not exist before the first start.
    auto path = std::filesystem::absolute(config.data);
    while (!std::filesystem::exists(path)) path = path.parent_path();
    std::error_code error;
    const auto space = std::filesystem::space(path, error);
    if (error) return {"disk", Health::wrong, fmt::format("{}: {}", path.string(), error.message())};
    const auto free = fmt::format("{} MiB are free at {}", space.available / kMebibyte, path.string());
    if (space.available >= kComfortablyFree) return {"disk", Health::ok, free};
    const bool is_low = space.available >= kLeastFree;
    return {"disk", is_low ? Health::warning : Health::wrong,
            "only " + free + ": a full disk stops PostgreSQL; make room or move database.data"};
}

Finding descriptors(const config::Config& config) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const auto wanted = static_cast<rlim_t>(config.connections) + kOwnDescriptors;
    if (limit.rlim_max >= wanted) {
        return {"descriptors", Health::ok, fmt::format("enough for {} connections", config.connections)};
    }
    return {"descriptors", Health::warning,
            fmt::format(
                "this user may open {} files and http.connections wants {}, so fewer connections are taken: raise the "
                "hard limit (LimitNOFILE= of systemd, ulimit -Hn)",
                limit.rlim_max, wanted)};
}

}  // namespace

Findings look_at_machine(const config::Config& config) {
    return {disk(config), descriptors(config)};
}

}  // namespace florin::cli
