// florin verify: recomputes what is stored and names every row that disagrees.
#include "verify/verify.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <ranges>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "verify/checks.hpp"

namespace florin::cli {
namespace {

constexpr std::size_t kConnections = 3;  // two cores' work, and one whose rows are looked at
constexpr Milliseconds kConnectWithin{10'000};

boost::json::value to_json(const verify::Report& report) {
    boost::json::array findings;
    for (const auto& finding : report.findings) {
        findings.push_back({{"check", finding.check}, {"row", finding.row}, {"detail", finding.detail}});
    }
    boost::json::object counted;
    for (const auto& [check, rows] : report.counted) counted[check] = rows;
    return {{"findings", std::move(findings)}, {"counted", std::move(counted)}};
}

void print_text(const verify::Report& report) {
    for (const auto& [check, rows] : report.counted) std::cout << fmt::format("{:<28} {:>12} looked at\n", check, rows);
    for (const auto& finding : report.findings) {
        std::cout << fmt::format("WRONG {} {}: {}\n", finding.check, finding.row, finding.detail);
    }
    std::cout << (report.findings.empty() ? "everything agrees\n"
                                          : fmt::format("{} findings\n", report.findings.size()));
}

Task<int> verify_all(boost::asio::any_io_executor executor, std::string url, verify::Options options, bool json) {
    std::vector<std::unique_ptr<postgres::Connection>> connections;
    while (connections.size() < kConnections) {
        connections.push_back(co_await postgres::Connection::open(executor, url, Deadline::after(kConnectWithin)));
    }
    std::vector<postgres::Connection*> helpers;
    for (const auto& helper : connections | std::views::drop(1)) helpers.push_back(helper.get());
    options.progress = [](const std::string& line) { std::cerr << line << '\n'; };
    auto report = co_await verify::verify(*connections.front(), helpers, std::move(options),
                                          Deadline::after(std::chrono::hours(12)));
    if (json) {
        print_json(to_json(report));
    } else {
        print_text(report);
    }
    co_return report.findings.empty() ? kDone : kNo;
}

std::vector<std::string> names_of_checks() {
    std::vector<std::string> names;
    for (const auto& check : verify::checks()) names.emplace_back(check.name);
    return names;
}

std::optional<WallTime> as_of_time(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto time = parse_time(text);
    if (!time) throw UsageError("--as-of takes a time such as 2026-03-31T23:59:59Z");
    return time;
}

}  // namespace

void add_verify(CLI::App& app, Shell& shell) {
    const auto as_of = std::make_shared<std::string>();
    const auto only = std::make_shared<std::string>();
    auto* command = add_command(
        app, shell,
        {"verify", "Recompute journals, balances, digests and chains; name every row that disagrees (exit code 1)",
         "  florin verify --config florin.toml --json\n"
         "  florin verify --config florin.toml --as-of 2026-03-31T23:59:59Z"},
        [&shell, as_of, only] {
            const verify::Options options{.only = *only, .as_of = as_of_time(*as_of)};
            return on_loop([url = application_url(shell.config()), options, json = shell.json](auto executor) {
                return verify_all(executor, url, options, json);
            });
        });
    command->add_option("--check", *only, "look at this alone")->check(CLI::IsMember(names_of_checks()));
    command->add_option("--as-of", *as_of, "look at the balances as they stood at this time (UTC) too");
}

}  // namespace florin::cli
