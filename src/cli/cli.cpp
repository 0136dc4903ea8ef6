#include "cli/cli.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <iostream>

#include "cli/command.hpp"
#include "cli/tree.hpp"
#include "postgres/connection.hpp"

namespace florin::cli {
namespace {

int print_error(std::string_view text, int code) {
    std::cerr << "florin: " << text << '\n';
    return code;
}

constexpr const char* kCommon =
    "With every command: --config FILE, --json.\n"
    "Exit codes: 0 done, 1 the answer is no, 2 wrong command line or configuration, 3 the database or another system\n"
    "did not answer.";

std::string footer_of(const Description& description) {
    std::string footer;
    if (!description.explanation.empty()) footer += description.explanation + "\n\n";
    if (!description.examples.empty()) footer += "Examples:\n" + description.examples + "\n\n";
    return footer + kCommon;
}

// CLI11 says that something is wrong; what was probably meant is ours to say.
int refuse_words(const CLI::App& app, const CLI::ParseError& error, int argc, const char* const* argv) {
    auto sentence = hint(app, {argv + 1, argv + argc});
    if (sentence.empty()) sentence = error.what();
    return print_error(sentence + "; see --help", kUsage);
}

int run_chosen(const Shell& shell) {
    try {
        return shell.chosen();
    } catch (const UsageError& error) {
        return print_error(error.what(), kUsage);
    } catch (const postgres::ConnectionLost& error) {
        return print_error(fmt::format("the database does not answer: {}", error.what()), kUnavailable);
    } catch (const std::exception& error) {
        return print_error(error.what(), kUnavailable);
    }
}

}  // namespace

config::Reading Shell::reading() const {
    return config::read(config_path.empty() ? std::nullopt : std::optional<std::filesystem::path>(config_path));
}

config::Config Shell::config() const {
    auto read = reading();
    if (!read.problems.empty()) throw UsageError(read.problems[0].detail);
    return std::move(read.config);
}

CLI::App* add_group(CLI::App& parent, const Description& description) {
    auto* group = parent.add_subcommand(description.name, description.what);
    group->fallthrough();
    group->footer(footer_of(description));
    return group;
}

CLI::App* add_command(CLI::App& parent, Shell& shell, const Description& description, std::function<int()> action) {
    auto* command = add_group(parent, description);
    command->callback([&shell, action = std::move(action)] { shell.chosen = action; });
    return command;
}

void print_json(const boost::json::value& value) {
    std::cout << boost::json::serialize(value) << '\n';
}

int print_refusal(const Refusal& refusal) {
    return print_error(refusal.detail, kNo);
}

int run(int argc, const char* const* argv, Serve serve) {
    Shell shell;
    CLI::App app("Florin, a self-hosted payment gateway.", "florin");
    app.add_option("--config", shell.config_path,
                   "Configuration file (docs/configuration.md); without it the defaults hold");
    app.add_flag("--json", shell.json, "Print JSON where the command prints data");
    app.require_subcommand(1);
    app.footer(std::string("Examples:\n"
                           "  florin up --config florin.toml                 run it\n"
                           "  florin doctor --config florin.toml             say what is wrong\n"
                           "  florin pay --amount 10.00 --currency EUR       try it\n"
                           "  florin keys create --help                      help on a command\n\n") +
               kCommon);
    add_serving_commands(app, shell, std::move(serve));
    add_config(app, shell);
    add_migrate(app, shell);
    add_doctor(app, shell);
    add_verify(app, shell);
    add_selftest(app, shell);
    add_merchants(app, shell);
    add_keys(app, shell);
    add_audit(app, shell);
    add_operations(app, shell);
    add_psp_events(app, shell);
    add_webhooks(app, shell);
    add_database(app, shell);
    add_pay(app, shell);
    add_modifications(app, shell);
    add_payments(app, shell);
    add_commands(app, shell);
    add_version(app, shell);
#ifdef FLORIN_FAIL_POINTS
    add_fail_points(app, shell);
#endif
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) return refuse_words(app, error, argc, argv);
        return app.exit(error, std::cout, std::cerr);
    }
    return run_chosen(shell);
}

}  // namespace florin::cli
