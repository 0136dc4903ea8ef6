// Refuses an unsafe server, embedded or external: fsync, full_page_writes and synchronous_commit (on or remote_apply)
// must be on, the version 15 or later, the server writable (not in recovery).
#pragma once

#include <string>
#include <vector>

#include "postgres/connection.hpp"

namespace florin::postgres {

inline constexpr int kOldestServer = 15;  // major version

// One sentence per problem, each with the setting, its value and the mend; empty when the server is safe.
Task<std::vector<std::string>> unsafe_settings(Connection& connection, Deadline deadline);

}  // namespace florin::postgres
