// The folder of an embedded cluster: where things lie in it, whose it is, and that only one florin uses it.
//
//     florin.lock      held (flock) for the life of the process that runs the cluster; names its process id
//     data/            PostgreSQL's own; data.new while initdb works, so that a half-made one is never started
//     socket/          unix socket, 0700; elsewhere (short_socket_directory) when the path would not fit into sun_path
//     secrets/         one password per role, 0600
//     postgres.log
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "postgres/process.hpp"

namespace florin::postgres {

inline constexpr std::string_view kSuperuser = "postgres";
inline constexpr std::string_view kOwnerRole = "florin_owner";
inline constexpr std::string_view kApplicationRole = "florin_app";

// Where the cluster of this folder really lies: the folder itself, or, when we are root and the database's user cannot
// enter it (below /root, say), a folder of /var/lib/florin named after it. Changes nothing.
std::filesystem::path cluster_root(const std::filesystem::path& wanted);

// The longest path of a unix socket is 107 bytes (sun_path).
bool socket_path_fits(const std::filesystem::path& socket_directory);
std::filesystem::path short_socket_directory(const std::filesystem::path& root);

class ClusterDirectory {
public:
    // Checks, creates and locks the folder. Throws std::runtime_error with one line: not ours, in use, no rights.
    explicit ClusterDirectory(const std::filesystem::path& root);

    const std::filesystem::path& root() const { return root_; }
    const SystemUser& user() const { return user_; }
    std::filesystem::path data() const { return root_ / "data"; }
    std::filesystem::path new_data() const { return root_ / "data.new"; }
    std::filesystem::path log() const { return root_ / "postgres.log"; }

    std::optional<int> data_version() const;  // major, empty before initdb
    std::filesystem::path make_socket_directory() const;
    std::string load_or_make_password(std::string_view role) const;
    void rotate_log() const;
    std::uintmax_t free_bytes() const;

private:
    void check_contents() const;
    void lock();

    std::filesystem::path root_;
    SystemUser user_;
    Descriptor lock_;
};

// Empty when there is none.
std::optional<std::string> find_password(const std::filesystem::path& root, std::string_view role);

// Replaces the file's content in one step, durable, for its owner only.
void write_private_file(const SystemUser& user, const std::filesystem::path& path, std::string_view content);

}  // namespace florin::postgres
