// The load: keep-alive connections that each send one sale after another and read its answer (closed loop). One thread,
// raw epoll and a minimal parser, because the generator shares the cores with what it measures.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "bench/histogram.hpp"

namespace florin::bench {

struct LoadOptions {
    std::uint16_t port = 8080;      // on 127.0.0.1
    std::vector<std::string> keys;  // secret API keys of the merchants, used in turn
    int connections = 256;
    int seconds = 10;
    int warmup_seconds = 2;  // not counted
    std::string currency = "USD";
    std::string run;                    // makes the idempotency keys of this run unique
    std::FILE* acknowledged = nullptr;  // one line per 200: "<payment id> <amount>"; flushed at the end
};

struct LoadResult {
    std::uint64_t counted = 0;              // 200s inside the measured time
    std::uint64_t acknowledged = 0;         // 200s in all, warm-up included
    std::map<int, std::uint64_t> statuses;  // in all; 0: connection broke without an answer
    std::uint64_t measured_us = 0;
    Histogram latency_us;  // of the counted ones
};

LoadResult run_load(const LoadOptions& options);

}  // namespace florin::bench
