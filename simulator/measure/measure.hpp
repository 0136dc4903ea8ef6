// `florin-simulator measure`: what one payment costs here in CPU time, beside the floor: what any answer of that size
// costs on this machine. Both are driven by the same load, in turns; the difference is what the simulator itself adds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace florin::simulator {

// A keep-alive server that answers each request with as many bytes, without reading it; until it is killed. Prints
// "listens on <port>" first.
[[noreturn]] void run_floor(std::size_t answer_bytes);

struct Load {
    std::size_t connections = 256;
    std::int64_t per_second = 4'000;  // 0: each connection asks again as soon as it has its answer
    std::int64_t seconds = 5;
};

struct LoadResult {
    std::int64_t answers = 0;
    std::int64_t cpu_us = 0;       // of the server's process, all threads
    std::size_t answer_bytes = 0;  // of the last one
};

// Sales of Stripe's test card, each with a key of its own, as the gateway sends them.
// Throws std::runtime_error when an answer is not 200 or a connection ends.
LoadResult drive(std::uint16_t port, int server, const Load& load);

struct MeasureOptions {
    Load load{};
    int rounds = 3;
};

// Prints a line for each round and the medians.
void measure(const MeasureOptions& options);

}  // namespace florin::simulator
