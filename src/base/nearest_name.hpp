// For messages about an unknown name: the known one that the writer most likely meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace florin {

// The known name at the smallest edit distance, when that is at most a third of the name's length (at least 1); else
// empty.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

// "did you mean amount?", or "the fields are amount, currency, …" when none is near.
std::string nearest_name_advice(std::string_view name, std::span<const std::string_view> known);

}  // namespace florin
