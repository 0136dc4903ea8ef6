// The prepared statements of deliveries: those of the worker, and those of merchants and operators.
#pragma once

#include "postgres/connection.hpp"

namespace florin::store {

// How many rows a filter of a list, and one call of a replay, look at.
inline constexpr std::int64_t kDeliveriesLooked = 500;
inline constexpr std::int64_t kReplayLooked = 20'000;

Task<void> open_delivery_worker(postgres::Connection& connection);
// Besides those of the change log.
Task<void> open_delivery_records(postgres::Connection& connection);

}  // namespace florin::store
