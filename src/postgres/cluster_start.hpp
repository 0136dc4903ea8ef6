// The steps of starting an embedded cluster. Each throws std::runtime_error with one clear line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "postgres/cluster_directory.hpp"
#include "postgres/postmaster.hpp"
#include "postgres/programs.hpp"

namespace florin::postgres {

// A line for the person at the terminal.
void say(const std::string& line);

// Empty when there is room; otherwise the complaint.
std::string disk_complaint(const std::filesystem::path& root, std::uintmax_t free_bytes, bool is_new);

// initdb into data.new, which becomes data when it is whole.
void initialise(const ClusterDirectory& directory, const Programs& programs, const std::string& superuser_password);

struct Started {
    Postmaster postmaster;
    std::filesystem::path socket_directory;
    bool adopted;
};
// Adopts the postmaster that an earlier florin left, or starts one, and waits until it takes connections.
Started start_or_adopt(const ClusterDirectory& directory, const Programs& programs);

// The reason that PostgreSQL's log gives after `offset`: its last FATAL, PANIC or error line, without the prefix.
std::string reason_in_log(const std::filesystem::path& log, std::uintmax_t offset);

}  // namespace florin::postgres
