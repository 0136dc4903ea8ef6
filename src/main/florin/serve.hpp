// The life of a serving process: database, gateway, ready, signal, drain, database stopped.
#pragma once

#include "cli/cli.hpp"

namespace florin {

// Returns 0 after a drain that SIGTERM or SIGINT asked for; throws what keeps it from starting. A second signal cuts
// the drain short (1): the next start settles what was open.
int serve(config::Config config, cli::Role role);

}  // namespace florin
