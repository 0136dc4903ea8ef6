// What stands in a database whose schema is ours.
#pragma once

#include "cli/doctor/finding.hpp"

namespace florin::cli {

// Merchants, API keys, and the pepper without which no key is valid.
Task<Findings> look_at_credentials(postgres::Connection& connection, config::Config config, Deadline deadline);
// Months ahead, open and parked operations, authorizations that run out.
Task<Findings> look_at_work(postgres::Connection& connection, Deadline deadline);

}  // namespace florin::cli
