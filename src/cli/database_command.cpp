// florin database url|stop: the embedded PostgreSQL from outside, for backups, tests and after a kill -9.
#include <iostream>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "postgres/cluster.hpp"

namespace florin::cli {
namespace {

int print_url(const config::Config& config, const std::string& role, bool json) {
    auto url = role == "admin" ? admin_url(config) : role == "owner" ? owner_url(config) : application_url(config);
    if (json) {
        print_json({{"url", url}});
    } else {
        std::cout << url << '\n';
    }
    return kDone;
}

// Whoever starts adopts what an earlier process left behind; so stopping it is starting and stopping.
int stop_orphan(const config::Config& config, bool json) {
    if (!config.database_url.empty()) throw UsageError("database.url is set: florin does not stop your own PostgreSQL");
    const bool runs = postgres::find_running_cluster(config.data).has_value();
    if (runs) postgres::EmbeddedCluster::start(config.data).stop();
    if (json) print_json({{"stopped", runs}});
    return kDone;
}

}  // namespace

void add_database(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {"database", "The embedded PostgreSQL: its address, and stopping it after a kill -9",
                                  "  florin database url --config florin.toml"});
    group->require_subcommand(1);
    auto role = std::make_shared<std::string>("application");
    auto* url = add_command(*group, shell,
                            {"url", "Print the connection string, which holds a password",
                             "  florin database url --role admin --config florin.toml"},
                            [&shell, role] { return print_url(shell.config(), *role, shell.json); });
    url->add_option("--role", *role, "application, owner or admin")
        ->check(CLI::IsMember({"application", "owner", "admin"}));
    add_command(*group, shell,
                {"stop", "Stop a PostgreSQL that a killed gateway left behind; refused while a gateway runs",
                 "  florin database stop --config florin.toml"},
                [&shell] { return stop_orphan(shell.config(), shell.json); });
}

}  // namespace florin::cli
