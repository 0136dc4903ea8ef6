// florin doctor: looks at everything a gateway needs and says in one line each what is well, and what is not with its
// mend.
#include <fmt/format.h>

#include <iostream>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "cli/doctor/finding.hpp"

namespace florin::cli {
namespace {

int print(const Findings& findings, bool json) {
    bool is_well = true;
    boost::json::array rows;
    for (const auto& finding : findings) {
        is_well = is_well && finding.health != Health::wrong;
        rows.push_back({{"check", finding.name}, {"health", to_string(finding.health)}, {"detail", finding.detail}});
        if (!json) std::cout << fmt::format("{:<7} {}: {}\n", to_string(finding.health), finding.name, finding.detail);
    }
    if (json) print_json({{"ok", is_well}, {"checks", std::move(rows)}});
    return is_well ? kDone : kNo;
}

void append(Findings& all, Findings more) {
    for (auto& finding : more) all.push_back(std::move(finding));
}

Task<Findings> look_at_configured_database(boost::asio::any_io_executor executor, config::Config config) {
    std::string url;
    try {
        url = application_url(config);
    } catch (const UsageError& error) {
        Findings findings;
        findings.push_back({"database", Health::wrong, error.what()});
        co_return findings;
    }
    co_return co_await look_at_database(executor, std::move(url), std::move(config));
}

Task<int> examine(boost::asio::any_io_executor executor, config::Reading reading, bool json) {
    const auto& config = reading.config;
    auto findings = look_at_configuration(reading);
    append(findings, look_at_machine(config));
    append(findings, look_at_certificate(config, SystemClock().now()));
    append(findings, co_await look_at_configured_database(executor, config));
    if (config.stripe_test) append(findings, co_await look_at_psp(executor, "test", *config.stripe_test));
    if (config.stripe_live) append(findings, co_await look_at_psp(executor, "live", *config.stripe_live));
    co_return print(findings, json);
}

constexpr const char* kExplanation =
    "WRONG keeps florin from working or costs money, and makes the exit code 1; warning will, if nobody looks. Each\n"
    "line says what to do. The PSP is asked to list one payment, with the configured key; nothing is changed anywhere.";

}  // namespace

void add_doctor(CLI::App& app, Shell& shell) {
    add_command(app, shell,
                {.name = "doctor",
                 .what = "Say what is wrong with configuration, machine, database, keys, PSP and backlog, and its mend",
                 .examples = "  florin doctor --config florin.toml\n  florin doctor --config florin.toml --json",
                 .explanation = kExplanation},
                [&shell] {
                    auto reading = shell.reading();
                    if (!reading.problems.empty()) throw UsageError(reading.problems[0].detail);
                    return on_loop([&](auto executor) { return examine(executor, reading, shell.json); });
                });
}

}  // namespace florin::cli
