// What Beast's parser must be spared while it reads a chunked body.
#pragma once

#include <cstddef>

namespace florin::http {

// "0\r\n\r\n". Beast asserts, which ends the process, when it has seen the last chunk's line and is asked again with
// fewer bytes than these. Nothing is lost by waiting: before the end of a chunked body never fewer are to come.
inline constexpr std::size_t kShortestEndOfChunks = 5;

}  // namespace florin::http
