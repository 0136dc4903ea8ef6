// What the server keeps of one connection: bytes not yet served, and the one answer that is on its way.
#pragma once

#include <cstdio>
#include <string>

#include "simulator/http_server.hpp"

namespace florin::simulator {

struct Outgoing {
    std::string bytes{};
    std::size_t sent = 0;
    std::size_t repeat_from = 0;  // of an endless answer
    std::size_t time_at = 0;      // where the ten digits of Simulator-Time-Us stand
    std::int64_t began_us = 0;
    Delivery delivery = Delivery::send;

    void render(const Answer& answer, std::int64_t began, bool close_after);
    // How long the simulator had the request, its artificial delay included: benchmarks subtract it.
    void stamp(std::int64_t now_us);
};

struct Server::Connection {
    Connection(int descriptor, std::uint32_t number) : fd(descriptor), serial(number) {}
    int fd;
    std::uint32_t serial;
    std::string input{};
    Outgoing out{};
    bool busy = false;  // a request is being answered, or never will be
    bool close_after = false;
    bool is_writing = false;
    std::uint64_t active_period = 0;
};

}  // namespace florin::simulator
