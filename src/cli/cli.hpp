// The command line of florin: one file per command. Serving (up, api, worker) is handed to the program that wires the
// modules together, so that this module knows neither use cases nor routes.
//
// Exit codes: 0 done · 1 the command ran and the answer is no (findings, something unknown, something wrong) · 2 the
// command line or the configuration is wrong · 3 the database or another system did not answer.
#pragma once

#include <functional>

#include "config/config.hpp"

namespace florin::cli {

enum class Role { all, api, worker };
// Runs until it is told to stop; returns the exit code.
using Serve = std::function<int(config::Config, Role)>;

int run(int argc, const char* const* argv, Serve serve);

}  // namespace florin::cli
