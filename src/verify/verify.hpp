// `florin verify`: recomputes what SQL can from the stored rows and names every row that disagrees: journals balanced,
// every digest and chain link, balance_after and balances, amounts and status against results, every open payment with
// exactly one open row, audit walks legal, parents of rows without foreign keys.
#pragma once

#include <functional>
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

// Reads one repeatable-read snapshot. `progress` is called with the name of each check as it begins.
Task<Report> verify(postgres::Connection& connection, std::function<void(std::string)> progress, Deadline deadline);

}  // namespace florin::verify
