// `florin selftest`: shows on this machine, with the programs as they were built, that no crash charges twice or loses
// what was acknowledged. A swarm of clients with a durable list of its answers pays through a gateway that is killed
// again and again, its PostgreSQL and the PSP's simulator too; then everything is healed, and `florin verify --deep`
// compares books, PSP and list. A gateway that ends by itself, or answers nobody any more, breaks the promise too. Says
// only what was counted.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "selftest/shopper.hpp"
#include "selftest/site.hpp"

namespace florin::selftest {

struct Options {
    int kills = 20;
    int seconds = 0;  // instead: kill until then
    int clients = 16;
    std::uint64_t seed = 1;
    bool keep = false;                       // the directory with logs and data
    std::function<void(std::string)> say{};  // a line on what happens
};

struct Report {
    std::uint64_t seed = 0;
    int crashes = 0, of_gateway = 0, of_postgres = 0, of_simulator = 0;
    std::uint64_t in_flight = 0;  // requests under way when a crash struck
    Tally tally{};
    std::uint64_t acknowledged = 0;       // answers in the list, each compared with the books
    std::int64_t payments = 0, open = 0;  // compared with the PSP; still open at the end
    bool is_compared = false;             // otherwise the gateway failed before its end
    int double_charges = 0, lost_acknowledgements = 0;
    std::vector<std::string> broken{};  // every finding, these two kinds among them
    std::string directory{};            // where it is kept
};

Report run_selftest(Programs programs, Options options);

// "38 crashes hit 412 requests in flight: 0 double charges, 0 lost acknowledgements"
std::string last_line(const Report& report);

}  // namespace florin::selftest
