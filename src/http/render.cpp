#include "http/render.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "http/text.hpp"

namespace florin::http {
namespace {

std::string host_of(const Origin& origin) {
    const bool usual_port = origin.port == (origin.tls ? 443 : 80);
    const bool is_ipv6 = origin.host.find(':') != std::string::npos;
    auto host = is_ipv6 ? fmt::format("[{}]", origin.host) : origin.host;
    return usual_port ? host : fmt::format("{}:{}", host, origin.port);
}

bool is_safe_target(std::string_view target) {
    return target.starts_with('/') && is_header_safe(target) && target.find(' ') == std::string_view::npos;
}

}  // namespace

std::string render(const Origin& origin, const ClientRequest& request) {
    FLORIN_ASSERT(is_safe_target(request.target));
    std::string bytes;
    bytes.reserve(512 + request.body.size());
    fmt::format_to(std::back_inserter(bytes), "{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target,
                   host_of(origin));
    for (const auto& [name, value] : request.headers) {
        FLORIN_ASSERT(is_header_safe(name) && is_header_safe(value));
        bytes.append(name).append(": ").append(value).append("\r\n");
    }
    if (!request.body.empty() || request.method == "POST") {
        fmt::format_to(std::back_inserter(bytes), "Content-Length: {}\r\n", request.body.size());
    }
    return bytes.append("\r\n").append(request.body);
}

}  // namespace florin::http
