// The embedded PostgreSQL of `florin up`: a private cluster (own data directory, unix socket only, checksums, fsync and
// synchronous_commit on, scram passwords) that is created, started, adopted after an earlier kill -9, and stopped.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/secret.hpp"

namespace florin::postgres {

struct ClusterUrls {
    std::string application;  // role florin_app: what the gateway uses
    std::string owner;        // role florin_owner: migrations
    std::string admin;        // superuser: backups and tests
};

class EmbeddedCluster {
public:
    // `directory` holds data/, socket/ and secrets (mode 0700). Blocking; called before the loop runs. Throws
    // std::runtime_error with one clear line: not ours, wrong version, no space, no rights, no PostgreSQL programs found.
    // As root it runs initdb and the postmaster as the user `postgres` (initdb refuses root).
    static EmbeddedCluster start(const std::filesystem::path& directory);
    ~EmbeddedCluster();  // stops it (fast) if still running
    EmbeddedCluster(EmbeddedCluster&&) noexcept;
    EmbeddedCluster& operator=(EmbeddedCluster&&) = delete;
    void stop();
    bool is_running() const;   // the postmaster process is alive
    const ClusterUrls& urls() const;
    const std::filesystem::path& log_file() const;

private:
    struct State;
    std::unique_ptr<State> state_;
    explicit EmbeddedCluster(std::unique_ptr<State> state);
};

}  // namespace florin::postgres
