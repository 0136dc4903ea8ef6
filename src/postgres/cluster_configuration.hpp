// postgresql.conf of the embedded cluster: a pure function of the machine. It is written anew at each start; what an
// operator wants otherwise goes into data/custom.conf, which wins.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace florin::postgres {

struct Machine {
    std::uintmax_t memory_bytes;  // of the machine or of the control group, whichever is smaller
    std::uintmax_t free_disk_bytes;
};
Machine this_machine(std::uintmax_t free_disk_bytes);

// The socket's path holds no quote, comma or blank.
std::string postgresql_conf(const Machine& machine, const std::filesystem::path& socket_directory);

}  // namespace florin::postgres
