// florin commands and florin completion: what there is, for people and for shells.
#include <fmt/format.h>

#include <iostream>

#include "cli/command.hpp"
#include "cli/completion.hpp"

namespace florin::cli {
namespace {

boost::json::array to_json(const std::vector<Word>& words) {
    boost::json::array array;
    for (const auto& word : words) array.push_back({{"name", word.name}, {"what", word.what}});
    return array;
}

int print_commands(const std::vector<Node>& nodes, bool json) {
    boost::json::array rows;
    for (const auto& node : nodes) {
        if (!node.commands.empty()) continue;
        if (json) {
            rows.push_back({{"command", node.path}, {"what", node.what}, {"options", to_json(node.options)}});
        } else {
            std::cout << fmt::format("{:<28} {}\n", node.path, node.what);
        }
    }
    if (json) print_json({{"data", std::move(rows)}});
    return kDone;
}

int print_script(const std::string& script, bool json) {
    if (json) {
        print_json({{"script", script}});
    } else {
        std::cout << script;
    }
    return kDone;
}

using Generator = std::string (*)(const std::vector<Node>&);

struct ShellKind {
    const char *name, *install;
    Generator generate;
};
constexpr auto kShells = std::to_array<ShellKind>({
    {"bash", "  florin completion bash > ~/.local/share/bash-completion/completions/florin", bash_completion},
    {"zsh", "  florin completion zsh > ~/.zsh/completions/_florin   # a directory of $fpath", zsh_completion},
    {"fish", "  florin completion fish > ~/.config/fish/completions/florin.fish", fish_completion},
});

}  // namespace

void add_commands(CLI::App& app, Shell& shell) {
    add_command(app, shell,
                {.name = "commands", .what = "List all commands with what they do", .examples = "  florin commands"},
                [&app, &shell] { return print_commands(command_tree(app), shell.json); });
    auto* group = add_group(app, {.name = "completion",
                                  .what = "Print a script that completes commands and options in your shell",
                                  .examples = kShells[0].install});
    group->require_subcommand(1);
    for (const auto& kind : kShells) {
        add_command(
            *group, shell,
            {.name = kind.name, .what = fmt::format("The script for {}", kind.name), .examples = kind.install},
            [&app, &shell, generate = kind.generate] { return print_script(generate(command_tree(app)), shell.json); });
    }
}

}  // namespace florin::cli
