// florin verify: recomputes what is stored and names every row that disagrees.
#include "verify/verify.hpp"

#include <fmt/format.h>

#include <iostream>

#include "cli/command.hpp"
#include "cli/database.hpp"

namespace florin::cli {
namespace {

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

Task<int> verify_all(boost::asio::any_io_executor executor, std::string url, bool json) {
    auto connection =
        co_await postgres::Connection::open(executor, std::move(url), Deadline::after(Milliseconds(10'000)));
    auto progress = [](const std::string& check) { std::cerr << "checking " << check << '\n'; };
    auto report = co_await verify::verify(*connection, progress, Deadline::after(std::chrono::hours(12)));
    if (json) {
        print_json(to_json(report));
    } else {
        print_text(report);
    }
    co_return report.findings.empty() ? kDone : kNo;
}

}  // namespace

void add_verify(CLI::App& app, Shell& shell) {
    add_command(
        app, shell,
        {"verify", "Recompute journals, balances, digests and chains; name every row that disagrees (exit code 1)",
         "  florin verify --config florin.toml --json"},
        [&shell] {
            return on_loop([url = application_url(shell.config()), json = shell.json](auto executor) {
                return verify_all(executor, url, json);
            });
        });
}

}  // namespace florin::cli
