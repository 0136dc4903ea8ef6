// The TOML file, read into a configuration key by key.
#pragma once

#include "config/reading.hpp"

namespace florin::config {

void read_file(Reading& reading, const std::filesystem::path& path);

}  // namespace florin::config
