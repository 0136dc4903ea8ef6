// The load: keep-alive connections that each bring one payment after another to its end and read every answer (closed
// loop), or begin them at random moments at a given rate, whether or not earlier ones have ended (open loop). What is
// due while every connection is taken is dropped and counted, not delayed. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/workload.hpp"

namespace florin::bench {

struct LoadOptions {
    const Plan* plan = &plans().front();
    bool zipf = false;
    std::vector<Known> about{};     // payments to read
    std::uint16_t port = 8080;      // on 127.0.0.1
    std::vector<std::string> keys;  // secret API keys of the merchants
    int connections = 256;          // in flight at the most
    std::uint64_t rate = 0;  // payments begun per second; 0: each connection begins the next when it has ended one
    int seconds = 10;
    int warmup_seconds = 2;    // not counted
    std::uint64_t psp_us = 0;  // what the PSP takes for each call by itself
    std::uint64_t seed = 1;
    std::string currency = "USD";
    std::string run;                    // makes the idempotency keys of this run unique
    std::FILE* acknowledged = nullptr;  // one line per 200: "<operation> <payment id> <amount>"; flushed at the end
};

// What counts is what came to its end inside the measured time, with a rate what was due in it. A payment that is not
// answered with 200 does not come to its end.
struct LoadResult {
    std::uint64_t payments = 0;                        // that count; of a mix each operation
    std::uint64_t reads = 0;                           // that count
    std::uint64_t repeats = 0;                         // that count
    std::uint64_t dropped = 0;                         // due inside the measured time while every connection was taken
    std::uint64_t all_payments = 0, all_requests = 0;  // warm-up included
    std::uint64_t differing = 0;                       // repeated keys that were answered otherwise
    std::map<int, std::uint64_t> statuses;             // of all requests; 0: connection broke without an answer
    std::uint64_t last_refusal_us = 0;  // from the first request to the last answer other than 200; 0: none
    std::uint64_t measured_us = 0;
    Histogram latency_us;  // of what counts, from the moment it was due (rate) or sent, to the last answer
    Histogram added_us;    // the same without psp_us of each call
    Histogram late_us;     // by how much the generator itself sent later than it was due
    std::array<Histogram, kKinds> by_kind{};  // of each request
};

LoadResult run_load(const LoadOptions& options);

}  // namespace florin::bench
