// florin migrate: brings the schema of a database of your own to this version. The embedded one is migrated by florin
// up.
#include <iostream>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "postgres/migrations.hpp"

namespace florin::cli {
namespace {

Task<int> migrate(boost::asio::any_io_executor executor, std::string url, bool json) {
    auto connection =
        co_await postgres::Connection::open(executor, std::move(url), Deadline::after(Milliseconds(10'000)));
    auto applied = co_await postgres::migrate(*connection, Deadline::after(Milliseconds(600'000)));
    if (json) {
        print_json({{"applied", boost::json::array(applied.begin(), applied.end())}});
        co_return kDone;
    }
    for (const auto& name : applied) std::cout << "applied " << name << '\n';
    if (applied.empty()) std::cout << "the schema is up to date\n";
    co_return kDone;
}

}  // namespace

void add_migrate(CLI::App& app, Shell& shell) {
    add_command(
        app, shell,
        {"migrate", "Bring the database's schema to this version",
         "  FLORIN_DATABASE_OWNER_URL=postgresql://florin_owner:...@db/florin florin migrate --config florin.toml"},
        [&shell] {
            return on_loop([url = owner_url(shell.config()), json = shell.json](auto executor) {
                return migrate(executor, url, json);
            });
        });
}

}  // namespace florin::cli
