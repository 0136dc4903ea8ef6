#include "postgres/settings.hpp"

#include <array>
#include <string_view>

namespace florin::postgres {
namespace {

// reset_val is what a new session of this role gets, not what this session has pinned for itself.
constexpr const char* kQuery = R"(
    SELECT (SELECT setting FROM pg_settings WHERE name = 'fsync'),
           (SELECT setting FROM pg_settings WHERE name = 'full_page_writes'),
           (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'),
           current_setting('server_version_num')::int4,
           current_setting('server_version'),
           pg_is_in_recovery(),
           current_setting('transaction_read_only')
)";

struct Demand {
    int column;
    std::string_view name;
    std::string_view loss;  // what the unsafe value costs
    std::string_view mend;
};
constexpr auto kMustBeOn = std::to_array<Demand>({
    {0, "fsync", "a power failure would lose acknowledged payments",
     "set fsync = on in postgresql.conf and reload the server"},
    {1, "full_page_writes", "a power failure could tear pages",
     "set full_page_writes = on in postgresql.conf and reload the server"},
    {2, "synchronous_commit", "a crash would lose acknowledged payments",
     "set synchronous_commit = on in postgresql.conf, or with ALTER ROLE or ALTER DATABASE where it was changed"},
});

bool is_safe(const Demand& demand, std::string_view value) {
    return value == "on" || (demand.name == "synchronous_commit" && value == "remote_apply");
}

std::string sentence(const Demand& demand, std::string_view value) {
    std::string out(demand.name);
    out.append(" is ").append(value).append(": ").append(demand.loss).append("; ").append(demand.mend).append(".");
    return out;
}

}  // namespace

Task<std::vector<std::string>> unsafe_settings(Connection& connection, Deadline deadline) {
    Params none;
    const auto rows = co_await connection.query(kQuery, std::move(none), deadline);
    const auto row = rows[0];
    std::vector<std::string> problems;
    for (const auto& demand : kMustBeOn) {
        if (!is_safe(demand, row.text(demand.column))) problems.push_back(sentence(demand, row.text(demand.column)));
    }
    if (row.int4(3) / 10'000 < kOldestServer) {
        problems.push_back("The server is PostgreSQL " + std::string(row.text(4)) + ": use version " +
                           std::to_string(kOldestServer) + " or later.");
    }
    if (row.boolean(5)) {
        problems.push_back("The server is a standby in recovery (pg_is_in_recovery): connect to the primary.");
    } else if (row.text(6) != "off") {
        problems.push_back("default_transaction_read_only is on: set it off for this role and database.");
    }
    co_return problems;
}

}  // namespace florin::postgres
