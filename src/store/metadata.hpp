// A payment's metadata as the jsonb column holds it: one object of strings.
#pragma once

#include <string>
#include <string_view>

#include "payments/payment.hpp"

namespace florin::store {

std::string metadata_json(const payments::Metadata& metadata);
payments::Metadata metadata_of(std::string_view json);

}  // namespace florin::store
