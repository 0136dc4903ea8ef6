#include "bench/swarm.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "fmt/core.h"
#include "selftest/swarm.hpp"

namespace florin::bench {
namespace {

constexpr std::chrono::milliseconds kTurn{100};
constexpr std::chrono::seconds kBetweenLines{1};

volatile std::sig_atomic_t asked_to_leave = 0;

template <class Map>
std::string members(const Map& counts) {
    std::string out;
    for (const auto& [name, count] : counts) out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", name, count);
    return out;
}

// One line, so that whoever drives the swarm can follow it.
void print(const selftest::Swarm& swarm, bool is_last) {
    const auto& tally = swarm.tally();
    fmt::print(R"({{"operations":{},"finals":{},"requests":{},"cut":{},"in_flight":{},"acknowledged":{})",
               tally.operations, tally.finals, tally.requests, tally.cut, swarm.in_flight(), swarm.acknowledged());
    if (is_last) {
        std::string broken;
        for (const auto& sentence : tally.broken) {
            if (!broken.empty()) broken += ',';
            json::append_string(broken, sentence);
        }
        fmt::print(R"(,"repeats":{},"probes":{},"hops":{},"kinds":{{{}}},"statuses":{{{}}},"broken":[{}])",
                   tally.repeats, tally.probes, tally.hops, members(tally.kinds), members(tally.statuses), broken);
    }
    fmt::print("}}\n");
    std::fflush(stdout);
}

void run(selftest::SwarmOptions options) {
    selftest::Swarm swarm(std::move(options));
    auto next_line = std::chrono::steady_clock::now() + kBetweenLines;
    while (!swarm.is_gone()) {
        swarm.turn(kTurn);
        if (asked_to_leave != 0) swarm.leave();
        if (std::chrono::steady_clock::now() < next_line) continue;
        print(swarm, false);
        next_line += kBetweenLines;
    }
    print(swarm, true);
}

}  // namespace

int run_swarm(int argc, char** argv) {
    selftest::SwarmOptions options;
    std::string keys_file;
    CLI::App app(
        "Clients with mixed operations that survive whatever happens to the gateway.\n\nExample:\n"
        "  florin-bench swarm --ports 8080 8081 --keys keys.txt --acks acks.jsonl --operations 100000 --seed 7",
        "florin-bench swarm");
    app.add_option("--ports", options.ports, "the gateway's processes on 127.0.0.1")->required();
    app.add_option("--keys", keys_file, "file with one secret test key per line")->required()->check(CLI::ExistingFile);
    app.add_option("--acks", options.acks, "the list of answers, appended to")->required();
    app.add_option("--clients", options.clients, "at once")->check(CLI::Range(1, 20'000));
    app.add_option("--operations", options.operations, "to begin in all; without it until SIGTERM");
    app.add_option("--seed", options.seed, "of their decisions");
    app.add_option("--run", options.run, "begins each idempotency key (a random one)");
    CLI11_PARSE(app, argc, argv);
    if (options.run.empty()) options.run = random_token(12);
    std::ifstream file(keys_file);
    for (std::string key; std::getline(file, key);) {
        if (!key.empty()) options.keys.push_back(key);
    }
    std::signal(SIGTERM, [](int) { asked_to_leave = 1; });
    try {
        run(std::move(options));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "florin-bench swarm: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace florin::bench
