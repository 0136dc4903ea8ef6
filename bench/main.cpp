// florin-bench: drives complete payments against a running gateway and prints what it saw. The correctness gate
// (acknowledged list, PSP truth, ledger) is that of the scripts beside it, which alone print figures.
#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "base/hash.hpp"
#include "bench/events.hpp"
#include "bench/load.hpp"
#include "bench/report.hpp"
#include "bench/store.hpp"
#include "bench/swarm.hpp"
#include "fmt/core.h"

namespace {

using namespace florin::bench;

struct Words {
    std::string keys, about, acknowledged, histogram;
    std::uint64_t psp_ms = 0;
    bool table = false;
};

std::vector<std::string> read_lines(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

std::vector<Known> read_about(const std::string& path, std::size_t merchants) {
    std::vector<Known> all;
    for (const auto& line : path.empty() ? std::vector<std::string>() : read_lines(path)) {
        std::istringstream words(line);
        Known known{.merchant = merchants, .payment = {}, .amount = 0};
        if (!(words >> known.merchant >> known.payment) || known.merchant >= merchants)
            throw std::runtime_error("not the number of a key (from 0) and a payment id: " + line);
        all.push_back(std::move(known));
    }
    return all;
}

void add_options(CLI::App& app, LoadOptions& options, Words& words) {
    app.add_option("--port", options.port, "the gateway's port on 127.0.0.1")->required();
    app.add_option("--keys", words.keys,
                   "file with one secret test key per line (a file, so that no key stands in arguments)")
        ->required()
        ->check(CLI::ExistingFile);
    std::map<std::string, const Plan*> by_name;
    for (const Plan& plan : plans()) by_name.emplace(plan.name, &plan);
    app.add_option_function<std::string>(
           "--workload", [&options, by_name](const std::string& name) { options.plan = by_name.at(name); },
           "what each payment goes through; replay: 5 % of the keys again, half of them beside their first request; "
           "mix: 60 % sale, 10 authorize, 8 capture, 4 refund, 1 void, 12 get, 5 list")
        ->check(CLI::IsMember(by_name));
    app.add_flag("--zipf", options.zipf, "the n-th merchant asks 1/n times as often as the first; otherwise all alike");
    app.add_option("--about", words.about, "payments to read: lines of the number of a key (from 0) and a payment id")
        ->check(CLI::ExistingFile);
    app.add_option("--connections", options.connections, "requests in flight at the most")->check(CLI::Range(1, 20000));
    app.add_option("--rate", options.rate,
                   "payments begun per second at random moments, instead of the next when one has ended; latency then "
                   "counts from the moment each was due, and what finds no free connection is dropped")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--seconds", options.seconds, "measured time")->check(CLI::Range(1, 36000));
    app.add_option("--warmup", options.warmup_seconds, "seconds before it")->check(CLI::Range(0, 3600));
    app.add_option("--psp-ms", words.psp_ms, "what the PSP takes for each call, left out of the added latency");
    app.add_option("--seed", options.seed, "of what is random");
    app.add_option("--acknowledged", words.acknowledged, "write one line per 200: operation, payment id and amount");
    app.add_option("--histogram", words.histogram,
                   "write the latencies in ms as HdrHistogram's percentile distribution");
    app.add_flag("--table", words.table, "a table instead of JSON");
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
File open_file(const std::string& path, const char* mode) {
    File file(path.empty() ? nullptr : std::fopen(path.c_str(), mode), std::fclose);
    if (!path.empty() && !file) throw std::runtime_error("cannot write " + path);
    return file;
}

int run(LoadOptions options, const Words& words) {
    options.keys = read_lines(words.keys);
    if (options.keys.empty()) throw std::runtime_error(words.keys + " holds no key; put one sk_test_… per line");
    options.about = read_about(words.about, options.keys.size());
    options.psp_us = words.psp_ms * 1000;
    options.run = florin::random_token(16);
    const File acknowledged = open_file(words.acknowledged, "a"), histogram = open_file(words.histogram, "w");
    options.acknowledged = acknowledged.get();
    const auto result = run_load(options);
    if (histogram) print_percentiles(result.latency_us, histogram.get());
    fmt::print("{}{}", words.table ? to_table(result) : to_json(result), words.table ? "" : "\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && std::string_view(argv[1]) == "swarm") return run_swarm(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "events") return run_events(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "store") return run_store(argc - 1, argv + 1);
    LoadOptions options;
    Words words;
    CLI::App app(
        "Load generator for a Florin gateway on this machine; `florin-bench swarm --help` has clients that survive "
        "whatever happens to it, `florin-bench events --help` sends webhooks, `florin-bench store --help` drives the "
        "group "
        "commit alone.\n\nExamples:\n"
        "  florin-bench --port 8080 --keys keys.txt --connections 256 --seconds 20 --table\n"
        "  florin-bench --port 8080 --keys keys.txt --workload mix --rate 5000 --connections 2000 --psp-ms 50");
    add_options(app, options, words);
    CLI11_PARSE(app, argc, argv);
    try {
        return run(std::move(options), words);
    } catch (const std::exception& error) {
        std::cerr << "florin-bench: " << error.what() << '\n';
        return 1;
    }
}
