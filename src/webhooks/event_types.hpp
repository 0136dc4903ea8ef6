// The types of events that an endpoint may ask for: those of payments, and the notices about endpoints themselves.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace florin::webhooks {

std::span<const std::string_view> known_event_types();

// The words as they are, each a type and none twice; none is every type. A refusal names each word that is no type,
// with the type that was probably meant.
Checked<std::vector<std::string>> parse_event_types(std::vector<std::string> words);

}  // namespace florin::webhooks
