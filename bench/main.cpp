// florin-bench: drives complete payments against a running gateway and prints what it saw as JSON. The correctness gate
// (acknowledged list, PSP truth, ledger) is bench/compare's, which alone prints ratios.
#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/hash.hpp"
#include "bench/events.hpp"
#include "bench/load.hpp"
#include "bench/swarm.hpp"
#include "fmt/core.h"

namespace {

std::vector<std::string> read_lines(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

std::string statuses_json(const std::map<int, std::uint64_t>& statuses) {
    std::string out;
    for (const auto& [status, count] : statuses)
        out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", status, count);
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && std::string_view(argv[1]) == "swarm") return florin::bench::run_swarm(argc - 1, argv + 1);
    if (argc > 1 && std::string_view(argv[1]) == "events") return florin::bench::run_events(argc - 1, argv + 1);
    florin::bench::LoadOptions options;
    std::string keys_file, acknowledged_file;
    CLI::App app(
        "Load generator for a Florin gateway on this machine: payments in a closed loop; `florin-bench swarm --help`\n"
        "has clients with mixed operations, `florin-bench events --help` sends webhooks.\n\nExample:\n"
        "  florin-bench --port 8080 --keys keys.txt --connections 256 --seconds 20");
    app.add_option("--port", options.port, "the gateway's port on 127.0.0.1")->required();
    app.add_option("--keys", keys_file,
                   "file with one secret test key per line (a file, so that no key stands in arguments)")
        ->required()
        ->check(CLI::ExistingFile);
    using florin::bench::Workload;
    app.add_option("--workload", options.workload, "what each payment goes through")
        ->transform(
            CLI::CheckedTransformer(std::map<std::string, Workload>{{"sale", Workload::sale},
                                                                    {"authorize-capture", Workload::authorize_capture},
                                                                    {"refund", Workload::refund}}));
    app.add_option("--connections", options.connections, "requests in flight")->check(CLI::Range(1, 20000));
    app.add_option("--rate", options.rate, "payments begun per second, instead of the next when one has ended")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--seconds", options.seconds, "measured time")->check(CLI::Range(1, 36000));
    app.add_option("--warmup", options.warmup_seconds, "seconds before it")->check(CLI::Range(0, 3600));
    app.add_option("--acknowledged", acknowledged_file, "write one line per 200: operation, payment id and amount");
    CLI11_PARSE(app, argc, argv);

    options.keys = read_lines(keys_file);
    if (options.keys.empty()) {
        std::cerr << keys_file << " holds no key; put one sk_test_… per line\n";
        return 2;
    }
    options.run = florin::random_token(16);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> acknowledged(
        acknowledged_file.empty() ? nullptr : std::fopen(acknowledged_file.c_str(), "a"), std::fclose);
    options.acknowledged = acknowledged.get();
    try {
        const auto result = florin::bench::run_load(options);
        const auto per_second = result.counted * 1'000'000 / result.measured_us;
        fmt::print(
            "{{\"payments_per_second\":{},\"counted\":{},\"acknowledged\":{},\"p50_us\":{},\"p99_us\":{},\"p999_us\":{}"
            ",\"last_refusal_us\":{},\"statuses\":{{{}}}}}\n",
            per_second, result.counted, result.acknowledged, result.latency_us.percentile(500'000),
            result.latency_us.percentile(990'000), result.latency_us.percentile(999'000), result.last_refusal_us,
            statuses_json(result.statuses));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "florin-bench: " << error.what() << '\n';
        return 1;
    }
}
