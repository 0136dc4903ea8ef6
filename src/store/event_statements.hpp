// The prepared statements of a connection that reads and relays events.
#pragma once

#include "postgres/connection.hpp"

namespace florin::store {

Task<void> open_event_reader(postgres::Connection& connection);

// How many rows a filter looks at.
inline constexpr std::int64_t kEventsLooked = 500;

}  // namespace florin::store
