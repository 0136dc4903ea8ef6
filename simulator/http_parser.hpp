// Reads one HTTP/1.1 request from the front of a buffer. Small on purpose: it is a test double's parser for
// well-behaved clients, with a bound on everything; the product's server is src/http.
#pragma once

#include <cstddef>
#include <string_view>

#include "simulator/http_message.hpp"

namespace florin::simulator {

enum class Parsed : std::uint8_t {
    incomplete,
    complete,
    malformed,        // 400
    too_large,        // 413
    length_required,  // 411: chunked bodies are not read
};

inline constexpr std::size_t kMostHeadBytes = 16 * 1024;
inline constexpr std::size_t kMostBodyBytes = 1024 * 1024;

// On `complete`, `request` views the buffer and `consumed` is the length of the request.
Parsed parse_request(std::string_view buffer, Request& request, std::size_t& consumed);

}  // namespace florin::simulator
