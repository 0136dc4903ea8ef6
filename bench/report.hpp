// What a load saw: as one line of JSON for scripts, as a table for people.
#pragma once

#include <string>

#include "bench/load.hpp"

namespace florin::bench {

std::string to_json(const LoadResult& result);
std::string to_table(const LoadResult& result);

}  // namespace florin::bench
