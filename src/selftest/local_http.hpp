// One small request to a program on this machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace florin::selftest {

// The answer's status and body; status 0 when nobody answered within some seconds.
struct LocalAnswer {
    int status = 0;
    std::string body{};
};
LocalAnswer ask(std::uint16_t port, std::string_view method, std::string_view path, std::string_view body = {});

// A port that nobody uses now.
std::uint16_t free_port();

}  // namespace florin::selftest
