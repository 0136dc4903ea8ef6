// Parameters behind '?'. None is ever silently dropped: unknown ones, repeated ones and broken escapes are refused by
// name.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "store/reads.hpp"

namespace florin::api {

using Parameters = std::map<std::string, std::string, std::less<>>;

// '+' stands for itself (RFC 3986), so that a time's offset needs no escape.
Checked<Parameters> parse_query(std::string_view query, std::span<const std::string_view> known);
std::optional<std::string> find_value(const Parameters& parameters, std::string_view name);
// For routes that take no parameters.
std::optional<Refusal> fault_of_any_parameter(std::string_view query);

// 1 to 100: the rows of a page.
std::optional<int> parse_limit(std::string_view text);

// The filters and the cursor of GET /payments.
Checked<store::ListQuery> parse_list_query(std::string_view query);

}  // namespace florin::api
