// The one table of routes, and the choice of a row by method and path.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/call.hpp"

namespace florin::api {

// What a caller must bring: nothing, a PSP's signature (which the handler checks), or a key with this scope.
enum class Access : std::uint8_t { open, signature, read, write, refund, admin };
enum class Query : std::uint8_t { refused, read };  // whether the handler reads parameters behind '?'

struct Route {
    std::string_view method;
    std::string_view path;  // "{id}" stands for one segment that is not empty
    Handler handler;
    Access access;
    Query query;
    std::string_view name;  // in metrics and logs, where a path with ids would be without bound
};

std::span<const Route> routes();

struct Match {
    const Route* route = nullptr;
    std::string id{};
    std::string allow{};  // the path exists, but not with this method: the value of the Allow header
};

// Paths are compared byte by byte: no decoding, no folding, so that nothing has two names. HEAD is a GET.
Match find_route(std::string_view method, std::string_view path);

}  // namespace florin::api
