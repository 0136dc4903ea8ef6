// The bytes of a response's header.
#pragma once

#include <string>

#include "http/server.hpp"

namespace florin::http {

bool may_have_body(int status);
struct Wire {
    bool keep_alive = true;
    bool over_tls = false;
};
std::string render_head(const Response& response, Wire wire);

}  // namespace florin::http
