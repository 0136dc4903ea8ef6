// The piles and the open operations as JSON: the same for the command line and the admin API.
#pragma once

#include <boost/json/object.hpp>

#include "store/open_book.hpp"

namespace florin::store {

boost::json::object to_json(const Overview& overview);
boost::json::object to_json(const OpenRow& row);

}  // namespace florin::store
