// The prepared statements of the credentials.
#pragma once

#include "postgres/connection.hpp"

namespace florin::store {

Task<void> prepare_credential_statements(postgres::Connection& connection);

}  // namespace florin::store
