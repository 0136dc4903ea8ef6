// What florin doctor found about one thing, and the groups of things that it looks at.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "config/reading.hpp"
#include "postgres/connection.hpp"

namespace florin::cli {

enum class Health : std::uint8_t { ok, warning, wrong };

struct Finding {
    std::string name;
    Health health = Health::ok;
    std::string detail;  // the fact; where it is not ok, what is wrong and how to mend it
};
using Findings = std::vector<Finding>;

std::string_view to_string(Health health);  // "ok", "warning", "WRONG"

Findings look_at_configuration(const config::Reading& reading);
Findings look_at_machine(const config::Config& config);
Findings look_at_certificate(const config::Config& config, WallTime now);
// Settings, schema, clock, partitions, merchants and keys, what is open, what expires.
Task<Findings> look_at_database(boost::asio::any_io_executor executor, std::string url, config::Config config);
Task<Findings> look_at_psp(boost::asio::any_io_executor executor, std::string mode, config::StripeAccount account);

// Between this machine's clock and another's, given what the question and its answer took.
Finding judge_clock(std::string name, WallTime here, WallTime there, Milliseconds uncertainty);

}  // namespace florin::cli
