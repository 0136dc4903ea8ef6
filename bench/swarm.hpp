// `florin-bench swarm`: mixed operations for tests/faults/nemesis.py, with a durable list of what was acknowledged.
#pragma once

namespace florin::bench {

int run_swarm(int argc, char** argv);

}  // namespace florin::bench
