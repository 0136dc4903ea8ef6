// Refunds as the API shows them, derived from a payment's operations. Pure.
#pragma once

#include <boost/json/array.hpp>
#include <span>

#include "store/reads.hpp"

namespace florin::api {

// One row per refund, oldest first; `operations` are all of one payment, attempts of an operation in order.
boost::json::array refunds_of(std::span<const store::OperationRow> operations);

}  // namespace florin::api
