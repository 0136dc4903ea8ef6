// florin operations list|show|resolve|expiring: what waits for an answer, how a person ends it, and what is lost when
// nobody captures it.
#include "cli/command.hpp"

namespace florin::cli {

void add_operations(CLI::App& app, Shell& shell) {
    auto* group = add_group(
        app, {"operations", "Payments, captures, voids and refunds that are open, authorizations that run out",
              "  florin operations list --config florin.toml"});
    group->require_subcommand(1);
    add_operations_list(*group, shell);
    add_operations_show(*group, shell);
    add_operations_resolve(*group, shell);
    add_operations_expiring(*group, shell);
}

}  // namespace florin::cli
