// A request as the bytes that cross the wire.
#pragma once

#include <string>

#include "http/client.hpp"

namespace florin::http {

// The target begins with '/' and has no space; neither it nor a header holds a line break.
std::string render(const Origin& origin, const ClientRequest& request);

}  // namespace florin::http
