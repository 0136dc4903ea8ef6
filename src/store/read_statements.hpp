// The prepared statements of a reader connection.
#pragma once

#include "postgres/connection.hpp"

namespace florin::store {

// Settings and statements of a new reader connection.
Task<void> open_reader(postgres::Connection& connection);

}  // namespace florin::store
