// `florin verify`: recomputes all it can from the stored rows and names every row that disagrees: journals balanced
// and right for their operation, reversals exact, every digest and chain link, balance_after and balances, what is
// held, amounts, reservations and limits against operations and results, status and audit walks, open rows, stored
// bodies, parents of rows without foreign keys. The table in checks.cpp has one row per check.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "postgres/connection.hpp"

namespace florin::verify {

struct Finding {
    std::string check;   // "digest", "chain", "balance_after", …
    std::string row;     // ids of the row
    std::string detail;  // what is stored and what it should be
};
struct Report {
    std::vector<Finding> findings;                              // at most 100 per check
    std::vector<std::pair<std::string, std::int64_t>> counted;  // rows looked at per check
};

struct Options {
    std::function<void(std::string)>
        progress{};                   // called with a line on what begins: a check, or some thousand payments
    std::string only{};               // the name of one check; empty: all
    std::optional<WallTime> as_of{};  // the balances as they stood then are looked at too
};

// Reads one repeatable-read snapshot. With helpers, several checks are computed at a time: each is one core's work, and
// while the rows that one connection gave are looked at, the others fetch theirs.
Task<Report> verify(postgres::Connection& connection, std::span<postgres::Connection* const> helpers, Options options,
                    Deadline deadline);

}  // namespace florin::verify
