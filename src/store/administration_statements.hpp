// The prepared statements of merchants, keys and the log of their changes. Each change begins with the nine parameters
// of its audit row and returns one row when it was made, none when its idempotency key or its state forbade it.
#pragma once

#include "postgres/connection.hpp"

namespace florin::store {

Task<void> prepare_administration_statements(postgres::Connection& connection);

}  // namespace florin::store
