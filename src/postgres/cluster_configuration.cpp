#include "postgres/cluster_configuration.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace florin::postgres {
namespace {

constexpr std::uintmax_t kMegabyte = 1 << 20;
constexpr std::uintmax_t kGigabyte = 1 << 30;

constexpr const char* kConstantPart = R"(
# Durable, always: florin refuses to start when one of these is off.
fsync = on
full_page_writes = on
synchronous_commit = on

# Checkpoints by time, not by WAL: full page images are then rare, and spread out.
checkpoint_timeout = 30min
checkpoint_completion_target = 0.9
wal_compression = lz4
wal_buffers = 64MB

# Tables that are only inserted into are vacuumed early, for index-only scans and freezing.
autovacuum_vacuum_insert_scale_factor = 0.02

# Reached by this machine's own user alone, through the socket, with a password.
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
password_encryption = scram-sha-256
max_connections = 100
superuser_reserved_connections = 5

# The log never holds a statement, a parameter or the DETAIL of an error: they may hold merchants' data.
log_destination = stderr
logging_collector = off
log_statement = none
log_min_duration_statement = -1
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
log_line_prefix = '%m [%p] %q%u '
log_checkpoints = off
log_autovacuum_min_duration = -1

# Set-based statements are short; compiling them costs more than it saves.
jit = off
client_encoding = UTF8
lc_messages = 'C'
timezone = 'UTC'
log_timezone = 'UTC'
cluster_name = 'florin'

include_if_exists = 'custom.conf'
)";

// Empty (0) when there is no limit, or none that can be read.
std::uintmax_t control_group_limit() {
    std::ifstream file("/sys/fs/cgroup/memory.max");
    std::uintmax_t bytes = 0;
    return file >> bytes ? bytes : 0;
}

std::string in_megabytes(std::uintmax_t bytes) {
    return std::to_string(bytes / kMegabyte) + "MB";
}

}  // namespace

Machine this_machine(std::uintmax_t free_disk_bytes) {
    const auto pages = ::sysconf(_SC_PHYS_PAGES);
    const auto page = ::sysconf(_SC_PAGESIZE);
    std::uintmax_t memory =
        pages > 0 && page > 0 ? static_cast<std::uintmax_t>(pages) * static_cast<std::uintmax_t>(page) : kGigabyte;
    if (const auto limit = control_group_limit()) memory = std::min(memory, limit);
    return {memory, free_disk_bytes};
}

std::string postgresql_conf(const Machine& machine, const std::filesystem::path& socket_directory) {
    const auto shared_buffers = std::clamp(machine.memory_bytes / 8, 128 * kMegabyte, 2 * kGigabyte);
    const auto max_wal_size = std::clamp(machine.free_disk_bytes / 8, kGigabyte, 8 * kGigabyte);
    std::string out =
        "# Written by florin at each start: changes are lost. Put yours into custom.conf beside this file.\n";
    out.append("unix_socket_directories = '").append(socket_directory.string()).append("'\n");
    out.append("shared_buffers = ").append(in_megabytes(shared_buffers)).append("\n");
    out.append("max_wal_size = ").append(in_megabytes(max_wal_size)).append("\n");
    return out.append(kConstantPart);
}

}  // namespace florin::postgres
