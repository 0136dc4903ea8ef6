// florin keys create|revoke|list: the API keys of merchants.
#include <fmt/format.h>

#include <iostream>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "config/pepper.hpp"
#include "store/credentials.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(10'000);

boost::json::object to_json(const store::KeyRow& row) {
    boost::json::object object{{"id", to_string(row.id)},
                               {"merchant", to_string(row.merchant)},
                               {"mode", row.live ? "live" : "test"},
                               {"name", row.name},
                               {"hint", row.hint},
                               {"created_at", format_time(row.created_at)}};
    object["revoked_at"] =
        row.revoked_at ? boost::json::value(format_time(*row.revoked_at)) : boost::json::value(nullptr);
    return object;
}

std::string to_text(const store::KeyRow& row) {
    return fmt::format("{}  {}  {:<16} {}  {}", to_string(row.id), to_string(row.merchant), row.hint,
                       row.revoked_at ? "revoked " + format_time(*row.revoked_at) : "active", row.name);
}

Secret pepper_of(const config::Config& config) {
    auto pepper = config::load_pepper(config);
    if (!pepper) throw UsageError(pepper.error().detail);
    return *pepper;
}

struct CreateOptions {
    std::string merchant, mode = "test", name;
};

Task<int> create(boost::asio::any_io_executor executor, config::Config config, CreateOptions options, bool json) {
    auto merchant = MerchantId::parse(options.merchant);
    if (!merchant) throw UsageError("--merchant must be a merchant's id, mer_...: florin merchants list shows them");
    store::Credentials credentials(executor, application_url(config), pepper_of(config));
    auto made =
        co_await credentials.create_key(*merchant, options.mode == "live", options.name, Deadline::after(kPatience));
    if (!made) co_return print_refusal(made.error());
    if (json) {
        auto object = to_json(made->row);
        object["key"] = made->key.expose();
        print_json(object);
    } else {
        std::cout << to_text(made->row) << '\n' << made->key.expose() << '\n';
        std::cerr << "Keep the key: it is shown only now.\n";
    }
    co_return kDone;
}

Task<int> revoke(boost::asio::any_io_executor executor, config::Config config, std::string id, bool json) {
    auto key = KeyId::parse(id);
    if (!key) throw UsageError("the key's id must be key_...: florin keys list shows them");
    store::Credentials credentials(executor, application_url(config), Secret{});
    auto revoked = co_await credentials.revoke_key(*key, Deadline::after(kPatience));
    if (!revoked) co_return print_refusal(revoked.error());
    if (json) {
        print_json(to_json(*revoked));
    } else {
        std::cout << to_text(*revoked) << '\n';
    }
    co_return kDone;
}

Task<int> list(boost::asio::any_io_executor executor, config::Config config, std::string merchant, bool json) {
    auto id = MerchantId::parse(merchant);
    if (!merchant.empty() && !id) throw UsageError("--merchant must be a merchant's id, mer_...");
    store::Credentials credentials(executor, application_url(config), Secret{});
    auto keys = co_await credentials.list_keys(id, Deadline::after(kPatience));
    boost::json::array rows;
    for (const auto& key : keys) {
        if (json) {
            rows.push_back(to_json(key));
        } else {
            std::cout << to_text(key) << '\n';
        }
    }
    if (json) print_json({{"data", std::move(rows)}});
    co_return kDone;
}

void add_create(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<CreateOptions>();
    auto* command = add_command(group, shell,
                                {"create", "Create a key and print it, once",
                                 "  florin keys create --merchant mer_... --mode test --name 'web shop'"},
                                [&shell, options] {
                                    return on_loop([&shell, options](auto executor) {
                                        return create(executor, shell.config(), *options, shell.json);
                                    });
                                });
    command->add_option("--merchant", options->merchant, "The merchant's id")->required();
    command->add_option("--mode", options->mode, "test or live")->check(CLI::IsMember({"test", "live"}));
    command->add_option("--name", options->name, "What the key is for")->required();
}

}  // namespace

void add_keys(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {"keys", "API keys: create, revoke and list them", ""});
    group->require_subcommand(1);
    add_create(*group, shell);
    auto id = std::make_shared<std::string>();
    auto* revoking = add_command(
        *group, shell, {"revoke", "Revoke a key; every process refuses it within 5 s", "  florin keys revoke key_..."},
        [&shell, id] {
            return on_loop([&shell, id](auto executor) { return revoke(executor, shell.config(), *id, shell.json); });
        });
    revoking->add_option("id", *id, "The key's id, key_...")->required();
    auto merchant = std::make_shared<std::string>();
    auto* listing =
        add_command(*group, shell, {"list", "List keys; never the keys themselves", ""}, [&shell, merchant] {
            return on_loop(
                [&shell, merchant](auto executor) { return list(executor, shell.config(), *merchant, shell.json); });
        });
    listing->add_option("--merchant", *merchant, "Only this merchant's");
}

}  // namespace florin::cli
