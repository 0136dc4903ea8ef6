// florin webhooks endpoints create|list|show|update|delete|enable|disable|rotate|test. A secret is printed to standard
// output, once, and is never an argument.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "cli/webhook_endpoint_work.hpp"
#include "webhooks/event_types.hpp"

namespace florin::cli {
namespace {

// With the types of events, which nobody knows by heart.
std::string explanation() {
    return fmt::format(
        "The secret, whsec_..., is printed once: the merchant verifies each webhook with it (docs/webhooks.md). The "
        "URL\n"
        "must begin with https:// and lead to a public address. A merchant has at most {} endpoints in each mode.\n\n"
        "Without --types, or with --types all, an endpoint gets every type of event:\n  {}",
        store::kEndpointsAtMost, fmt::join(webhooks::known_event_types(), "\n  "));
}

void add_create(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<EndpointOptions>();
    auto* command = add_command(
        group, shell,
        {"create", "Create an endpoint and print its secret, once",
         "  florin webhooks endpoints create --merchant mer_... --url https://shop.example/florin\n"
         "  florin webhooks endpoints create --merchant mer_... --mode live --url https://shop.example/refunds \\\n"
         "      --types refund.succeeded,refund.failed --description 'back office'",
         explanation()},
        [&shell, options] {
            return on_loop([&shell, options](auto executor) {
                return endpoints::create(executor, shell.config(), *options, shell.json);
            });
        });
    command->add_option("--merchant", options->merchant, "The merchant's id")->required();
    command->add_option("--mode", options->mode, "test (without it) or live")->check(CLI::IsMember({"test", "live"}));
    add_settings(*command, *options);
    command->get_option("--url")->required();
}

constexpr const char* kId = "The endpoint's id, we_...";

void add_update(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<EndpointOptions>();
    auto id = std::make_shared<std::string>();
    auto* command = add_command(group, shell,
                                {"update", "Change an endpoint; what is not named stays as it is",
                                 "  florin webhooks endpoints update we_... --url https://shop.example/new\n"
                                 "  florin webhooks endpoints update we_... --types all",
                                 "What waits for an endpoint goes to its new URL, the first of it at once."},
                                [&shell, options, id] {
                                    return on_loop([&shell, options, id](auto executor) {
                                        return endpoints::update(executor, shell.config(), *id, *options, shell.json);
                                    });
                                });
    command->add_option("id", *id, kId)->required();
    add_settings(*command, *options);
}

void add_rotate(CLI::App& group, Shell& shell) {
    auto id = std::make_shared<std::string>();
    auto overlap = std::make_shared<std::string>("24h");
    auto* command = add_command(
        group, shell,
        {"rotate", "Give an endpoint a new secret and print it, once",
         "  florin webhooks endpoints rotate we_...                 # both secrets sign for another day\n"
         "  florin webhooks endpoints rotate we_... --overlap 0     # the old one was seen by somebody",
         "During the overlap each webhook carries a signature of both secrets, so the merchant changes over without a\n"
         "gap. Only the newest two are ever valid: another rotation within the overlap ends the older one."},
        [&shell, id, overlap] {
            return on_loop([&shell, id, overlap](auto executor) {
                return endpoints::rotate(executor, shell.config(), *id, *overlap, shell.json);
            });
        });
    command->add_option("id", *id, kId)->required();
    command->add_option("--overlap", *overlap, "How long the old secret signs on: up to 7d, 0 for not at all")
        ->capture_default_str();
}

using ById = Task<int> (*)(endpoints::Executor, config::Config, std::string, bool);

void add_by_id(CLI::App& group, Shell& shell, const Description& description, ById work) {
    auto id = std::make_shared<std::string>();
    auto* command = add_command(group, shell, description, [&shell, id, work] {
        return on_loop([&shell, id, work](auto executor) { return work(executor, shell.config(), *id, shell.json); });
    });
    command->add_option("id", *id, kId)->required();
}

}  // namespace

void add_webhook_endpoints(CLI::App& webhooks, Shell& shell) {
    auto* group =
        add_group(webhooks, {"endpoints", "Where merchants are told: create, change, test and remove it", ""});
    group->require_subcommand(1);
    add_create(*group, shell);
    add_update(*group, shell);
    add_rotate(*group, shell);
    add_by_id(*group, shell, {"show", "One endpoint; never its secret", "  florin webhooks endpoints show we_..."},
              endpoints::show);
    add_by_id(*group, shell,
              {"enable", "Send to a disabled endpoint again; what waited for it is due",
               "  florin webhooks endpoints enable we_..."},
              endpoints::enable);
    add_by_id(
        *group, shell,
        {"disable", "Send nothing to an endpoint; what is for it waits", "  florin webhooks endpoints disable we_..."},
        endpoints::disable);
    add_by_id(*group, shell,
              {"delete", "Remove an endpoint for good; what waits for it is cancelled",
               "  florin webhooks endpoints delete we_..."},
              endpoints::remove);
    add_by_id(*group, shell,
              {"test", "Send a test event to one endpoint and print its id", "  florin webhooks endpoints test we_..."},
              endpoints::test);
    auto merchant = std::make_shared<std::string>();
    auto* listing = add_command(*group, shell,
                                {"list", "List endpoints, the newest first; never their secrets",
                                 "  florin webhooks endpoints list --merchant mer_..."},
                                [&shell, merchant] {
                                    return on_loop([&shell, merchant](auto executor) {
                                        return endpoints::list(executor, shell.config(), *merchant, shell.json);
                                    });
                                });
    listing->add_option("--merchant", *merchant, "Only this merchant's");
}

}  // namespace florin::cli
