// W3C Trace Context, level 1: the trace that a request belongs to. https://www.w3.org/TR/trace-context/
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "http/server.hpp"

namespace florin::api {

// The trace id of a traceparent: 32 lower-case hexadecimal digits. Empty unless the value is well-formed:
// version "-" trace-id "-" parent-id "-" flags, no id all zero. Later versions may only add fields behind these.
std::optional<std::string_view> trace_id_of(std::string_view traceparent);

// The trace of a request that brings exactly one well-formed traceparent, else empty.
std::string trace_of(const http::Request& request);
// A request that brings none begins a trace: its id is the request's own.
std::string trace_of(RequestId request);

}  // namespace florin::api
