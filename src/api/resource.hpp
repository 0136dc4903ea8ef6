// What the routes below one payment share.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "api/call.hpp"
#include "store/reads.hpp"

namespace florin::api {

// The payment of that id, of this key's merchant and mode. A foreign, a malformed and a missing id give the same
// not_found, so that nobody learns which ids exist.
Task<Checked<payments::Payment>> load_payment(const ApiServices& services, store::Credential credential, std::string id,
                                              Deadline deadline);

// {"data":[…]}
http::Response data_response(boost::json::array data);

// One attempt as a row of GET …/operations and of GET …/audit.
boost::json::object operation_object(const store::OperationRow& row);

// A JSON string, or null.
boost::json::value text_or_null(const std::optional<std::string>& text);
boost::json::value time_or_null(const std::optional<WallTime>& time);

}  // namespace florin::api
