// The load: keep-alive connections that each bring one payment after another to its end and read every answer (closed
// loop), or begin them at a given rate, whether or not earlier ones have ended in time. One thread, raw epoll and a
// minimal parser, because the generator shares the cores with what it measures.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "bench/histogram.hpp"

namespace florin::bench {

// What a payment goes through, one request each.
enum class Workload : std::uint8_t {
    sale,               // one request
    authorize_capture,  // an authorization and a capture of all of it
    refund,             // a sale and a refund of all of it
};

struct LoadOptions {
    Workload workload = Workload::sale;
    std::uint16_t port = 8080;      // on 127.0.0.1
    std::vector<std::string> keys;  // secret API keys of the merchants, used in turn
    int connections = 256;
    std::uint64_t rate = 0;  // payments begun per second; 0: each connection begins the next when it has ended one
    int seconds = 10;
    int warmup_seconds = 2;  // not counted
    std::string currency = "USD";
    std::string run;                    // makes the idempotency keys of this run unique
    std::FILE* acknowledged = nullptr;  // one line per 200: "<operation> <payment id> <amount>"; flushed at the end
};

struct LoadResult {
    std::uint64_t counted = 0;              // payments that came to their end inside the measured time
    std::uint64_t acknowledged = 0;         // payments that did in all, warm-up included
    std::map<int, std::uint64_t> statuses;  // of all requests; 0: connection broke without an answer
    std::uint64_t last_refusal_us = 0;      // from the first request to the last answer other than 200; 0: none
    std::uint64_t measured_us = 0;
    Histogram latency_us;  // of the counted payments, from the moment it was due (rate) or sent, to the last answer
};

LoadResult run_load(const LoadOptions& options);

}  // namespace florin::bench
