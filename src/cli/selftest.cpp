// florin selftest: the promise, tried on this machine.
#include "selftest/selftest.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <random>

#include "cli/command.hpp"

namespace florin::cli {
namespace {

boost::json::value to_json(const selftest::Report& report) {
    boost::json::array broken;
    for (const auto& sentence : report.broken) broken.emplace_back(sentence);
    return {{"seed", report.seed},
            {"crashes", report.crashes},
            {"crashes_of",
             {{"gateway", report.of_gateway}, {"postgresql", report.of_postgres}, {"simulator", report.of_simulator}}},
            {"requests_in_flight", report.in_flight},
            {"operations", report.tally.operations},
            {"requests", report.tally.requests},
            {"unanswered_requests", report.tally.cut},
            {"acknowledged_answers", report.acknowledged},
            {"compared", report.is_compared},
            {"payments_compared", report.payments},
            {"open", report.open},
            {"double_charges", report.double_charges},
            {"lost_acknowledgements", report.lost_acknowledgements},
            {"broken", std::move(broken)}};
}

void print_text(const selftest::Report& report) {
    std::cout << fmt::format("{} operations, {} acknowledged answers, {} payments compared with the PSP\n",
                             report.tally.operations, report.acknowledged, report.payments);
    for (const auto& sentence : report.broken) std::cout << "BROKEN " << sentence << '\n';
    if (!report.directory.empty()) std::cout << "logs and data are in " << report.directory << '\n';
    std::cout << selftest::last_line(report) << '\n';
}

int run_selftest(const selftest::Options& options, bool json) {
    auto programs = selftest::find_programs();
    if (!programs) throw UsageError(programs.error().detail);
    const auto report = selftest::run_selftest(std::move(*programs), options);
    if (json) {
        print_json(to_json(report));
    } else {
        print_text(report);
    }
    return report.broken.empty() ? kDone : kNo;
}

constexpr const char* kExplanation =
    "Makes a world of its own in a temporary directory (a stand-in for Stripe, a gateway, a private PostgreSQL), lets\n"
    "clients pay, capture, void and refund, and kills gateway, PostgreSQL and PSP with SIGKILL while requests are\n"
    "under way. Then it heals everything, waits until nothing is unknown, and compares the books, the PSP and every\n"
    "answer that a client got (florin verify --deep). Touches nothing of your installation. Exit code 1: a promise is\n"
    "broken, or the gateway ended by itself or answered nobody any more; then nothing is compared.";

}  // namespace

void add_selftest(CLI::App& app, Shell& shell) {
    const auto options = std::make_shared<selftest::Options>();
    options->seed = std::random_device{}();
    options->say = [](const std::string& line) { std::cerr << line << '\n'; };
    auto* command = add_command(app, shell,
                                {.name = "selftest",
                                 .what = "Crash a gateway of its own again and again, then look for a double charge",
                                 .examples = "  florin selftest\n  florin selftest --kills 100 --seed 7 --json",
                                 .explanation = kExplanation},
                                [&shell, options] { return run_selftest(*options, shell.json); });
    auto* kills =
        command->add_option("--kills", options->kills, "how many crashes (20)")->check(CLI::Range(1, 100'000));
    command->add_option("--seconds", options->seconds, "crash for so long instead")
        ->check(CLI::Range(1, 86'400))
        ->excludes(kills);
    command->add_option("--clients", options->clients, "at once (16)")->check(CLI::Range(1, 1'000));
    command->add_option("--seed", options->seed, "of every decision (a random one, printed)");
    command->add_flag("--keep", options->keep, "keep the directory with logs and data");
}

}  // namespace florin::cli
