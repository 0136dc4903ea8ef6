// Parameters behind '?'. None is ever silently dropped: unknown ones, repeated ones and broken escapes are refused by
// name.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "store/events.hpp"
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

// Those of GET /events, and how long it may wait for the first one.
inline constexpr std::int32_t kLongestWait = 25;  // s: below the 30 s after which many proxies give up
struct EventListQuery {
    store::ToldQuery query;
    std::int32_t wait = 0;  // s
};
Checked<EventListQuery> parse_event_list_query(std::string_view query);

// A whole number from 0 to `most`; empty when it is absent.
Checked<std::optional<std::int32_t>> parse_number(const Parameters& parameters, std::string_view name,
                                                  std::int32_t most);

}  // namespace florin::api
