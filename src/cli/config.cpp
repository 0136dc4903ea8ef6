// florin config check|print: what is wrong with the configuration, and what it amounts to.
#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <iostream>

#include "cli/command.hpp"
#include "config/environment.hpp"
#include "config/reading.hpp"

namespace florin::cli {
namespace {

std::vector<std::string> problems_of(const config::Reading& reading) {
    std::vector<std::string> sentences;
    for (const auto& problem : reading.problems) sentences.push_back(problem.detail);
    // A file that was not understood has no account, which is no news.
    if (!sentences.empty()) return sentences;
    for (const auto& problem : config::serving_problems(reading.config)) sentences.push_back(problem.detail);
    return sentences;
}

boost::json::array to_json(const std::vector<std::string>& sentences) {
    return boost::json::array(sentences.begin(), sentences.end());
}

int check(const Shell& shell) {
    const auto reading = shell.reading();
    const auto problems = problems_of(reading);
    const auto warned = config::warnings(reading);
    if (shell.json) {
        print_json({{"ok", problems.empty()}, {"problems", to_json(problems)}, {"warnings", to_json(warned)}});
    } else {
        for (const auto& sentence : problems) std::cout << "WRONG   " << sentence << '\n';
        for (const auto& sentence : warned) std::cout << "warning " << sentence << '\n';
        if (problems.empty()) std::cout << "ok      florin can start with this configuration\n";
    }
    return problems.empty() ? kDone : kUsage;
}

// Texts of TOML that are no numbers are JSON's too: both escape alike.
boost::json::value value_of(const std::string& toml) {
    if (toml.empty()) return nullptr;
    boost::system::error_code error;
    auto value = boost::json::parse(toml, error);
    return error ? boost::json::value(toml) : value;
}

boost::json::value to_json(const config::Reading& reading) {
    boost::json::array values;
    for (const auto& value : config::all_values(reading)) {
        values.push_back({{"key", value.name}, {"value", value_of(value.toml)}, {"from", value.from}});
    }
    boost::json::object environment;
    for (const auto& name : config::variables()) environment[name] = config::is_set(name) ? "set" : "not set";
    return {{"values", std::move(values)}, {"environment", std::move(environment)}};
}

int print(const Shell& shell) {
    const auto reading = shell.reading();
    for (const auto& problem : reading.problems) std::cerr << "florin: " << problem.detail << '\n';
    if (shell.json) {
        print_json(to_json(reading));
    } else {
        std::cout << config::to_toml(reading);
    }
    return reading.problems.empty() ? kDone : kUsage;
}

}  // namespace

void add_config(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {"config", "The configuration: check it, or print it with where each value comes from",
                                  "  florin config check --config florin.toml"});
    group->require_subcommand(1);
    add_command(*group, shell,
                {.name = "check",
                 .what = "Name everything that is wrong, with file, line and the mend (exit code 2 when something is)",
                 .examples = "  florin config check --config florin.toml\n"
                             "  florin config check --config florin.toml --json",
                 .explanation = "A line WRONG keeps florin from starting; a line warning is allowed and seldom meant.\n"
                                "Nothing is connected to: florin doctor does that."},
                [&shell] { return check(shell); });
    auto* printing = add_command(*group, shell,
                                 {.name = "print",
                                  .what = "Print the configuration as it holds, defaults included",
                                  .examples = "  florin config print --config florin.toml > used.toml\n"
                                              "  florin config print --redacted --json",
                                  .explanation = "The output is a TOML file that can be used again. Secrets are never "
                                                 "printed, only whether\nthey are set; so --redacted changes nothing."},
                                 [&shell] { return print(shell); });
    const std::string meaning = "Without secrets, as always";
    printing->add_flag("--redacted", meaning);
}

}  // namespace florin::cli
