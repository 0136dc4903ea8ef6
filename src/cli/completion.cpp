#include "cli/completion.hpp"

#include <fmt/format.h>

namespace florin::cli {
namespace {

// "florin", "florin keys", …: one arm of a shell's `case` for each, with the words that may follow.
std::string arms(const std::vector<Node>& nodes, std::string_view indent) {
    std::string text;
    for (const auto& node : nodes) {
        std::string words;
        for (const auto& word : node.commands) words += word.name + " ";
        for (const auto& word : node.options) words += word.name + " ";
        words.pop_back();
        text += fmt::format("{}\"{}\") follow=\"{}\" ;;\n", indent, node.path, words);
    }
    return text;
}

// All paths behind one another: a word that makes none of them is a value.
std::string known_paths(const std::vector<Node>& nodes) {
    std::string text;
    for (const auto& node : nodes) text += (text.empty() ? "\"" : " | \"") + node.path + "\"";
    return text;
}

// Inside '…' of fish.
std::string fish_text(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

}  // namespace

std::string bash_completion(const std::vector<Node>& nodes) {
    return fmt::format(R"(# Completion of florin for bash.
_florin() {{
    local at=florin follow="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$at ${{COMP_WORDS[i]}}" in
            {}) at="$at ${{COMP_WORDS[i]}}" ;;
        esac
    done
    case "$at" in
{}    esac
    COMPREPLY=($(compgen -W "$follow" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _florin florin
)",
                       known_paths(nodes), arms(nodes, "        "));
}

std::string zsh_completion(const std::vector<Node>& nodes) {
    return fmt::format(R"(#compdef florin
_florin() {{
    local at=florin follow="" i
    for ((i = 2; i < CURRENT; i++)); do
        case "$at ${{words[i]}}" in
            {}) at="$at ${{words[i]}}" ;;
        esac
    done
    case "$at" in
{}    esac
    compadd -- ${{=follow}} || _files
}}
compdef _florin florin
)",
                       known_paths(nodes), arms(nodes, "        "));
}

std::string fish_completion(const std::vector<Node>& nodes) {
    std::string text = R"(# Completion of florin for fish.
function __florin_at
    set -l at florin
    for word in (commandline -opc)[2..-1]
        contains -- "$at $word" $__florin_paths; and set at "$at $word"
    end
    test "$at" = "$argv[1]"
end
set -g __florin_paths)";
    for (const auto& node : nodes) text += " " + fish_text(node.path);
    text += '\n';
    for (const auto& node : nodes) {
        const auto when = fish_text("__florin_at \"" + node.path + "\"");
        for (const auto& word : node.commands) {
            text += fmt::format("complete -c florin -f -n {} -a {} -d {}\n", when, word.name, fish_text(word.what));
        }
        for (const auto& word : node.options) {
            text +=
                fmt::format("complete -c florin -n {} -l {} -d {}\n", when, word.name.substr(2), fish_text(word.what));
        }
    }
    return text;
}

}  // namespace florin::cli
