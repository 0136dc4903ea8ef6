// Scripts that complete florin's commands and options, made from the tree of commands, so that none is forgotten.
#pragma once

#include "cli/tree.hpp"

namespace florin::cli {

std::string bash_completion(const std::vector<Node>& nodes);
std::string zsh_completion(const std::vector<Node>& nodes);
std::string fish_completion(const std::vector<Node>& nodes);

}  // namespace florin::cli
