// The names that encode.cpp writes into the metadata of everything that Florin makes at Stripe, read back from an
// object. Each is empty where it is missing or not exactly as we write it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>

#include "base/id.hpp"

namespace florin::psp::stripe {

struct OurNames {
    std::optional<PaymentId> payment{};
    std::optional<OperationId> operation{};
    std::optional<std::int16_t> attempt{};
};

OurNames our_names(const boost::json::object& of);

}  // namespace florin::psp::stripe
