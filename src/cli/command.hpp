// What the commands share: the common options, how a command is declared, and the exit codes.
#pragma once

#include <CLI/CLI.hpp>

#include <boost/json/value.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "cli/cli.hpp"
#include "config/reading.hpp"

namespace florin::cli {

inline constexpr int kDone = 0;
inline constexpr int kNo = 1;
inline constexpr int kUsage = 2;
inline constexpr int kUnavailable = 3;

// The command line or the configuration is wrong: printed as one line, exit code 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Shell {
    std::string config_path;
    bool json = false;
    std::function<int()> chosen;  // what the parsed command line asks for

    // Reads the configuration; throws UsageError.
    config::Config config() const;
    // The same with everything that is wrong with it.
    config::Reading reading() const;
};

struct Description {
    std::string name, what, examples;
    std::string explanation{};  // what --help says about the words and figures of the answer
};
// A subcommand that takes the common options too, wherever they stand; a group holds commands and does nothing itself.
CLI::App* add_group(CLI::App& parent, const Description& description);
CLI::App* add_command(CLI::App& parent, Shell& shell, const Description& description, std::function<int()> action);

// Prints JSON and a line end to standard output.
void print_json(const boost::json::value& value);
// Prints a refusal's sentence to standard error and returns kNo.
int print_refusal(const Refusal& refusal);

void add_serving_commands(CLI::App& app, Shell& shell, Serve serve);
void add_migrate(CLI::App& app, Shell& shell);
void add_doctor(CLI::App& app, Shell& shell);
void add_verify(CLI::App& app, Shell& shell);
void add_selftest(CLI::App& app, Shell& shell);
void add_merchants(CLI::App& app, Shell& shell);
void add_keys(CLI::App& app, Shell& shell);
void add_audit(CLI::App& app, Shell& shell);
void add_operations(CLI::App& app, Shell& shell);
void add_operations_list(CLI::App& group, Shell& shell);
void add_operations_show(CLI::App& group, Shell& shell);
void add_operations_resolve(CLI::App& group, Shell& shell);
void add_operations_expiring(CLI::App& group, Shell& shell);
void add_psp_events(CLI::App& app, Shell& shell);
void add_webhooks(CLI::App& app, Shell& shell);
void add_webhook_endpoints(CLI::App& group, Shell& shell);
void add_webhook_deliveries(CLI::App& group, Shell& shell);
void add_database(CLI::App& app, Shell& shell);
void add_pay(CLI::App& app, Shell& shell);
void add_modifications(CLI::App& app, Shell& shell);
void add_payments(CLI::App& app, Shell& shell);
void add_commands(CLI::App& app, Shell& shell);
void add_config(CLI::App& app, Shell& shell);
void add_version(CLI::App& app, Shell& shell);
#ifdef FLORIN_FAIL_POINTS
void add_fail_points(CLI::App& app, Shell& shell);
#endif

}  // namespace florin::cli
