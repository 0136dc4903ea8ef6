// Deliveries as the API and the commands show them.
#pragma once

#include <boost/json/object.hpp>

#include "store/webhook_deliveries.hpp"

namespace florin::store {

boost::json::object to_json(const DeliveryRow& row);
boost::json::object to_json(const Replay& replay);

}  // namespace florin::store
