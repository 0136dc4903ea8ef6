// The tree of commands as CLI11 has it, flattened: what completion, hints and `florin commands` go by.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace florin::cli {

struct Word {
    std::string name, what;
};

struct Node {
    std::string path;  // "florin keys create"
    std::string what;
    std::vector<Word> commands;  // empty for a command that does something
    std::vector<Word> options;   // "--name"; its own, then the common ones
};

// The root first, each group before what stands in it.
std::vector<Node> command_tree(const CLI::App& root);

// Which word of a refused command line is wrong and what was probably meant; empty when nothing is known better.
std::string hint(const CLI::App& root, const std::vector<std::string>& words);

}  // namespace florin::cli
