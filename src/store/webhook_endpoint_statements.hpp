// The statements of webhook_endpoints.cpp.
#pragma once

#include "postgres/connection.hpp"

namespace florin::store {

Task<void> prepare_webhook_endpoint_statements(postgres::Connection& connection);

}  // namespace florin::store
