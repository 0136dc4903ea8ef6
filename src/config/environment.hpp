// What the environment adds: secrets, and the database's address, which may hold one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/reading.hpp"

namespace florin::config {

// Every variable that florin reads; docs/configuration.md lists them.
std::span<const std::string_view> variables();
bool is_set(std::string_view variable);

void read_environment(Reading& reading);
// Variables that look like a misspelt one of ours: a pepper that nobody reads is a second pepper.
std::vector<std::string> misspelt_variables();

}  // namespace florin::config
