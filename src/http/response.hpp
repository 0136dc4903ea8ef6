// The bytes of a response's header.
#pragma once

#include <string>

#include "http/server.hpp"

namespace florin::http {

bool may_have_body(int status);
std::string render_head(const Response& response, bool keep_alive);

}  // namespace florin::http
