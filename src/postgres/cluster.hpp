// The embedded PostgreSQL of `florin up`: a private cluster (own data directory, unix socket only, checksums, fsync and
// synchronous_commit on, scram passwords) that is created, started, adopted after an earlier kill -9, and stopped.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace florin::postgres {

struct ClusterUrls {
    std::string application;  // role florin_app: what the gateway uses
    std::string owner;        // role florin_owner: migrations
    std::string admin;        // superuser: backups and tests
};

// The addresses of the cluster that another process runs on this folder: for operator commands beside a running
// gateway. Empty when none runs there; throws std::runtime_error when its passwords cannot be read.
std::optional<ClusterUrls> find_running_cluster(const std::filesystem::path& directory);

class EmbeddedCluster {
public:
    // `directory` holds data/, socket/ and secrets (mode 0700). Blocking; called before the loop runs. Throws
    // std::runtime_error with one clear line: not ours, in use, wrong version, no space, no rights, no PostgreSQL
    // programs. As root it runs initdb and the postmaster as the user `postgres` (initdb refuses root); where that user
    // cannot reach the folder (below /root), the cluster goes to /var/lib/florin, said in one line on standard error.
    // A postmaster that a killed florin left behind is adopted, and stopped like any other.
    static EmbeddedCluster start(const std::filesystem::path& directory);
    ~EmbeddedCluster();  // stops it (fast) if still running
    EmbeddedCluster(EmbeddedCluster&&) noexcept;
    EmbeddedCluster& operator=(EmbeddedCluster&&) = delete;
    void stop();              // fast shutdown; immediate after 30 s
    bool is_running() const;  // the postmaster process is alive
    bool was_adopted() const;
    pid_t process_id() const;
    const ClusterUrls& urls() const;
    const std::filesystem::path& log_file() const;

private:
    struct State;
    std::unique_ptr<State> state_;
    explicit EmbeddedCluster(std::unique_ptr<State> state);
};

}  // namespace florin::postgres
