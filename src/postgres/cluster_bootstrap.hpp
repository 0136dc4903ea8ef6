// What the embedded cluster holds before the first migration: two roles and the database. Asked for at each start, so
// that a start that was killed half-way, or a lost password file of a role, is healed. Blocking: it runs before the
// loop does.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace florin::postgres {

struct Passwords {
    std::string superuser, owner, application;
};

inline constexpr std::string_view kDatabase = "florin";

// postgresql://role:password@/database?host=<socket directory>&port=5432
std::string cluster_url(const std::filesystem::path& socket_directory, std::string_view role, std::string_view password,
                        std::string_view database = kDatabase);

void bootstrap(const std::filesystem::path& socket_directory, const Passwords& passwords);

}  // namespace florin::postgres
