// florin webhooks: where merchants are told of their events, and what becomes of it.
#include "cli/command.hpp"

namespace florin::cli {

void add_webhooks(CLI::App& app, Shell& shell) {
    auto* group =
        add_group(app, {.name = "webhooks",
                        .what = "Events on their way to merchants: their endpoints, and what was delivered",
                        .examples = "  florin webhooks endpoints list --merchant mer_... --config florin.toml"});
    group->require_subcommand(1);
    add_webhook_endpoints(*group, shell);
    add_webhook_deliveries(*group, shell);
}

}  // namespace florin::cli
