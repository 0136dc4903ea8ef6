// The statements behind open_book.hpp, prepared on every reader connection.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace florin::store {

std::vector<std::pair<std::string, std::string>> open_statements();

}  // namespace florin::store
