#include "postgres/cluster.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include "postgres/cluster_bootstrap.hpp"
#include "postgres/cluster_directory.hpp"
#include "postgres/cluster_start.hpp"
#include "postgres/postmaster.hpp"
#include "postgres/programs.hpp"

namespace florin::postgres {
namespace {

namespace fs = std::filesystem;

ClusterUrls urls_of(const fs::path& socket_directory, const Passwords& passwords) {
    return {.application = cluster_url(socket_directory, kApplicationRole, passwords.application),
            .owner = cluster_url(socket_directory, kOwnerRole, passwords.owner),
            .admin = cluster_url(socket_directory, kSuperuser, passwords.superuser)};
}

std::string load_password(const fs::path& root, std::string_view role) {
    if (auto password = find_password(root, role)) return *password;
    throw std::runtime_error((root / "secrets" / role).string() +
                             " cannot be read: run this as the user who runs the gateway");
}

}  // namespace

struct EmbeddedCluster::State {
    State(ClusterDirectory d, Started started) : directory(std::move(d)), server(std::move(started)) {}

    std::optional<ClusterDirectory> directory;  // holds the lock, until the server has stopped
    Started server;
    fs::path log = directory->log();
    ClusterUrls urls;
};

EmbeddedCluster::EmbeddedCluster(std::unique_ptr<State> state) : state_(std::move(state)) {}
EmbeddedCluster::EmbeddedCluster(EmbeddedCluster&&) noexcept = default;

EmbeddedCluster::~EmbeddedCluster() {
    if (!state_) return;
    try {
        stop();
    } catch (const std::exception& error) {
        say(error.what());
    }
}

EmbeddedCluster EmbeddedCluster::start(const fs::path& wanted) {
    const auto root = cluster_root(wanted);
    if (root.parent_path() == "/var/lib/florin" && fs::absolute(wanted).lexically_normal() != root) {
        say("PostgreSQL cannot run as root, and its user cannot enter " + fs::absolute(wanted).string() +
            ": the database is in " + root.string());
    }
    ClusterDirectory directory(root);
    const auto version = directory.data_version();
    const auto programs = choose_programs(find_programs(), version);
    if (const auto full = disk_complaint(root, directory.free_bytes(), !version); !full.empty()) {
        throw std::runtime_error(full);
    }
    directory.rotate_log();
    const Passwords passwords{.superuser = directory.load_or_make_password(kSuperuser),
                              .owner = directory.load_or_make_password(kOwnerRole),
                              .application = directory.load_or_make_password(kApplicationRole)};
    if (!version) initialise(directory, programs, passwords.superuser);
    auto started = start_or_adopt(directory, programs);
    EmbeddedCluster cluster(std::make_unique<State>(std::move(directory), std::move(started)));
    bootstrap(cluster.state_->server.socket_directory, passwords);
    cluster.state_->urls = urls_of(cluster.state_->server.socket_directory, passwords);
    return cluster;
}

void EmbeddedCluster::stop() {
    if (!state_->directory) return;
    state_->server.postmaster.stop();
    std::error_code ignored;
    const auto& sockets = state_->server.socket_directory;
    if (sockets.parent_path() != state_->directory->root()) fs::remove(sockets, ignored);  // in /run or /tmp
    state_->directory.reset();
}

bool EmbeddedCluster::is_running() const {
    return state_->server.postmaster.is_running();
}
bool EmbeddedCluster::was_adopted() const {
    return state_->server.adopted;
}
pid_t EmbeddedCluster::process_id() const {
    return state_->server.postmaster.pid();
}
const ClusterUrls& EmbeddedCluster::urls() const {
    return state_->urls;
}
const fs::path& EmbeddedCluster::log_file() const {
    return state_->log;
}

std::optional<ClusterUrls> find_running_cluster(const fs::path& directory) {
    const auto root = cluster_root(directory);
    const auto running = find_postmaster(root / "data");
    if (!running || running->socket_directory.empty()) return std::nullopt;
    return urls_of(running->socket_directory, {.superuser = load_password(root, kSuperuser),
                                               .owner = load_password(root, kOwnerRole),
                                               .application = load_password(root, kApplicationRole)});
}

}  // namespace florin::postgres
