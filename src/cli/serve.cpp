// florin up, api, worker: one process that does everything, or its two halves on as many machines as wanted.
#include "cli/command.hpp"

namespace florin::cli {
namespace {

int serve_as(const Shell& shell, const Serve& serve, Role role) {
    auto config = shell.config();
    if (auto problems = config::serving_problems(config); !problems.empty()) throw UsageError(problems[0].detail);
    if (role != Role::all && config.database_url.empty()) {
        throw UsageError("florin api and florin worker share a database: set database.url, or use florin up");
    }
    return serve(std::move(config), role);
}

}  // namespace

void add_serving_commands(CLI::App& app, Shell& shell, Serve serve) {
    auto action = [&shell, serve = std::move(serve)](Role role) {
        return [&shell, serve, role] { return serve_as(shell, serve, role); };
    };
    add_command(app, shell,
                {"up", "Run API, worker and, without database.url, a private PostgreSQL in one process",
                 "  FLORIN_STRIPE_TEST_KEY=sk_test_... florin up --config florin.toml"},
                action(Role::all));
    add_command(app, shell,
                {"api", "Run only the HTTP API; any number of them share one database",
                 "  FLORIN_DATABASE_URL=postgresql://... FLORIN_PEPPER=... florin api --config florin.toml"},
                action(Role::api));
    add_command(
        app, shell,
        {"worker",
         "Run only what settles open operations and expires authorizations, with /healthz, /readyz and /metrics",
         "  FLORIN_DATABASE_URL=postgresql://... FLORIN_PEPPER=... florin worker --config florin.toml"},
        action(Role::worker));
}

}  // namespace florin::cli
