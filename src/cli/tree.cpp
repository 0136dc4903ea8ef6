#include "cli/tree.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/nearest_name.hpp"

namespace florin::cli {
namespace {

std::vector<const CLI::App*> children_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

void add_options(std::vector<Word>& words, const CLI::App& app) {
    for (const auto* option : app.get_options()) {
        for (const auto& name : option->get_lnames()) words.push_back({"--" + name, option->get_description()});
    }
}

void add_nodes(std::vector<Node>& nodes, const CLI::App& app, const CLI::App& root, const std::string& above) {
    Node node{.path = above.empty() ? app.get_name() : above + " " + app.get_name(),
              .what = app.get_description(),
              .commands = {},
              .options = {}};
    for (const auto* child : children_of(app)) node.commands.push_back({child->get_name(), child->get_description()});
    add_options(node.options, app);
    if (&app != &root) {
        for (const auto* name : {"--config", "--json"})
            node.options.push_back({name, root.get_option(name)->get_description()});
    }
    const auto path = node.path;
    nodes.push_back(std::move(node));
    for (const auto* child : children_of(app)) add_nodes(nodes, *child, root, path);
}

std::string nearest_of(std::string_view wrong, const std::vector<Word>& words) {
    std::vector<std::string_view> names;
    for (const auto& word : words) names.push_back(word.name);
    const auto nearest = nearest_name(wrong, names);
    return nearest.empty() ? std::string() : fmt::format(": did you mean {}?", nearest);
}

const Node* find_node(const std::vector<Node>& nodes, std::string_view path) {
    for (const auto& node : nodes) {
        if (node.path == path) return &node;
    }
    return nullptr;
}

bool has(const std::vector<Word>& words, std::string_view name) {
    for (const auto& word : words) {
        if (word.name == name) return true;
    }
    return false;
}

}  // namespace

std::vector<Node> command_tree(const CLI::App& root) {
    std::vector<Node> nodes;
    add_nodes(nodes, root, root, "");
    return nodes;
}

std::string hint(const CLI::App& root, const std::vector<std::string>& words) {
    const auto nodes = command_tree(root);
    const auto* at = &nodes.front();
    bool is_value = false;  // the word behind an option may be its value
    for (const auto& word : words) {
        const bool may_be_value = std::exchange(is_value, false);
        if (word.starts_with("--")) {
            const auto name = word.substr(0, word.find('='));
            if (!has(at->options, name)) return fmt::format("unknown option {}{}", name, nearest_of(name, at->options));
            is_value = name != "--json" && name != "--help";
        } else if (has(at->commands, word)) {
            at = find_node(nodes, at->path + " " + word);
        } else if (!at->commands.empty() && !may_be_value) {
            return fmt::format("unknown command {}{}", word, nearest_of(word, at->commands));
        }
    }
    return {};
}

}  // namespace florin::cli
