// florin doctor: looks at everything a start needs and says in one line each what is well and what is not.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "http/client.hpp"
#include "postgres/connection.hpp"
#include "postgres/migrations.hpp"
#include "postgres/settings.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(5'000);
constexpr std::uintmax_t kLeastFreeBytes = 1ULL << 30;

struct Check {
    std::string name;
    std::string problem;  // empty: well
};
using Checks = std::vector<Check>;

Check check_configuration(const config::Config& config) {
    auto problems = config::serving_problems(config);
    return {"configuration", problems.empty() ? "" : problems[0].detail};
}

Check check_disk(const config::Config& config) {
    // The directory may not exist before the first start.
    auto path = std::filesystem::absolute(config.data);
    while (!std::filesystem::exists(path)) path = path.parent_path();
    std::error_code error;
    auto space = std::filesystem::space(path, error);
    if (error) return {"disk", fmt::format("{}: {}", path.string(), error.message())};
    if (space.available >= kLeastFreeBytes) return {"disk", ""};
    return {"disk", fmt::format("only {} MiB are free at {}", space.available >> 20, path.string())};
}

Task<Check> check_psp(boost::asio::any_io_executor executor, std::string mode, config::StripeAccount account) {
    const auto name = fmt::format("psp stripe.{}", mode);
    auto origin = http::parse_origin(account.base_url);
    if (!origin) co_return Check{name, origin.error().detail};
    http::Client client(executor, *origin, http::ClientOptions{});
    http::ClientRequest request;
    request.method = "GET";
    request.target = "/";
    // Any answer shows that it is reachable; no key is sent.
    auto answer = co_await client.send(std::move(request), Deadline::after(kPatience));
    co_return Check{name, answer ? "" : fmt::format("{}: {}", account.base_url, answer.error().what)};
}

Task<Checks> check_database(boost::asio::any_io_executor executor, std::string url) {
    Checks checks;
    try {
        auto connection = co_await postgres::Connection::open(executor, std::move(url), Deadline::after(kPatience));
        checks.push_back({"database", ""});
        for (auto& problem : co_await postgres::unsafe_settings(*connection, Deadline::after(kPatience))) {
            checks.push_back({"durability", std::move(problem)});
        }
        checks.push_back({"schema", co_await postgres::schema_mismatch(*connection, Deadline::after(kPatience))});
    } catch (const std::exception& error) {
        checks.push_back({"database", error.what()});
    }
    co_return checks;
}

int print(const Checks& checks, bool json) {
    bool well = true;
    boost::json::array rows;
    for (const auto& check : checks) {
        well = well && check.problem.empty();
        if (json) {
            rows.push_back({{"check", check.name}, {"ok", check.problem.empty()}, {"problem", check.problem}});
        } else {
            std::cout << fmt::format("{:<5} {}{}{}\n", check.problem.empty() ? "ok" : "WRONG", check.name,
                                     check.problem.empty() ? "" : ": ", check.problem);
        }
    }
    if (json) print_json({{"ok", well}, {"checks", std::move(rows)}});
    return well ? kDone : kNo;
}

std::string url_or_problem(const config::Config& config, Checks& checks) {
    try {
        return application_url(config);
    } catch (const UsageError& error) {
        checks.push_back({"database", error.what()});
        return {};
    }
}

Task<int> examine(boost::asio::any_io_executor executor, config::Config config, bool json) {
    Checks checks{check_configuration(config), check_disk(config)};
    if (auto url = url_or_problem(config, checks); !url.empty()) {
        for (auto& check : co_await check_database(executor, std::move(url))) checks.push_back(std::move(check));
    }
    if (config.stripe_test) checks.push_back(co_await check_psp(executor, "test", *config.stripe_test));
    if (config.stripe_live) checks.push_back(co_await check_psp(executor, "live", *config.stripe_live));
    co_return print(checks, json);
}

}  // namespace

void add_doctor(CLI::App& app, Shell& shell) {
    add_command(
        app, shell,
        {"doctor", "Check configuration, disk, database, schema and PSP, one line each (exit code 1 when one is wrong)",
         "  florin doctor --config florin.toml"},
        [&shell] {
            return on_loop([&shell](auto executor) { return examine(executor, shell.config(), shell.json); });
        });
}

}  // namespace florin::cli
