// florin keys create|rotate|revoke|list|show: API keys. A key itself is printed to standard output, once, and is never
// an argument: arguments are seen by everybody on the machine.
#include <fmt/format.h>

#include "cli/administration.hpp"
#include "cli/key_life.hpp"

namespace florin::cli {
namespace {

constexpr std::string_view kLook = "florin keys list";

std::string state_of(const store::KeyRow& row) {
    if (row.revoked_at) return "revoked " + format_time(*row.revoked_at);
    if (!row.expires_at) return "active";
    return (*row.expires_at <= SystemClock().now() ? "expired " : "active until ") + format_time(*row.expires_at);
}

int print_made(const Checked<store::MadeKey>& made, std::string_view where_to_look, bool json) {
    if (!made) return print_refusal(made.error(), where_to_look);
    if (json) {
        auto object = store::to_json(made->row);
        object["key"] = made->key.expose();
        print_json(object);
    } else {
        std::cout << to_text(made->row) << '\n' << made->key.expose() << '\n';
        std::cerr << "Keep the key: it is shown only now.\n";
    }
    return kDone;
}

struct CreateOptions {
    std::string merchant, mode, name, scopes, expires;
    bool admin = false;
};

store::NewKey new_operators_key(const CreateOptions& options) {
    if (!options.merchant.empty() || !options.mode.empty() || !options.scopes.empty())
        throw UsageError("an operator's key (--admin) has no --merchant, --mode or --scopes: it manages all of them");
    return {.merchant = {},
            .mode = store::KeyMode::admin,
            .name = parse_name(options.name),
            .scopes = {store::Scope::admin}};
}

store::NewKey new_merchants_key(const CreateOptions& options) {
    if (options.merchant.empty())
        throw UsageError(
            "--merchant mer_... is missing: `florin merchants list` shows them (an operator's key: --admin)");
    const auto scopes = options.scopes.empty() ? store::kMerchantScopes : store::Scopes::parse(options.scopes);
    if (!scopes) throw UsageError("--scopes must be some of read,write,refund,admin, separated by commas");
    return {.merchant = parse_merchant(options.merchant),
            .mode = options.mode == "live" ? store::KeyMode::live : store::KeyMode::test,
            .name = parse_name(options.name),
            .scopes = *scopes};
}

Task<int> create(boost::asio::any_io_executor executor, config::Config config, CreateOptions options, bool json) {
    auto wanted = options.admin ? new_operators_key(options) : new_merchants_key(options);
    if (!options.expires.empty()) wanted.expires_at = parse_end(options.expires, SystemClock().now());
    auto administration = open_with_pepper(executor, config);
    const auto made = co_await administration.create_key(std::move(wanted), this_user(), Deadline::after(kPatience));
    co_return print_made(made, "florin merchants list", json);
}

Task<int> rotate(boost::asio::any_io_executor executor, config::Config config, std::string id, std::string overlap,
                 bool json) {
    const auto key = parse_key(id);
    const auto seconds = parse_overlap(overlap);
    auto administration = open_with_pepper(executor, config);
    const auto made = co_await administration.rotate_key(key, seconds, this_user(), Deadline::after(kPatience));
    co_return print_made(made, kLook, json);
}

Task<int> revoke(boost::asio::any_io_executor executor, config::Config config, std::string id, bool json) {
    const auto key = parse_key(id);
    auto administration = open_administration(executor, config);
    const auto revoked = co_await administration.revoke_key(key, this_user(), Deadline::after(kPatience));
    if (!revoked) co_return print_refusal(revoked.error(), kLook);
    print_row(revoked->row, json);
    co_return kDone;
}

Task<int> show(boost::asio::any_io_executor executor, config::Config config, std::string id, bool json) {
    const auto key = parse_key(id);
    auto administration = open_administration(executor, config);
    const auto row = co_await administration.find_key(key, Deadline::after(kPatience));
    if (!row) co_return print_refusal({Error::not_found, "There is no API key with this id."}, kLook);
    print_row(*row, json);
    co_return kDone;
}

Task<int> list(boost::asio::any_io_executor executor, config::Config config, std::string merchant, bool json) {
    auto administration = open_administration(executor, config);
    const auto filter = co_await owner_filter(administration, std::move(merchant));
    if (!filter) co_return print_refusal(filter.error(), kLookAtMerchants);
    const auto page_of = [&administration, &filter](store::Cut cut) {
        return administration.list_keys(*filter, cut, Deadline::after(kPatience));
    };
    co_return co_await print_pages(page_of, [](const store::KeyRow& row) { return row.id.uuid(); }, json);
}

constexpr const char* kCreateExamples =
    "  florin keys create --merchant mer_... --name 'web shop'\n"
    "  florin keys create --merchant mer_... --mode live --name reports --scopes read --expires 90d\n"
    "  florin keys create --admin --name 'on call' --expires 2027-01-31T00:00:00Z";
constexpr const char* kCreateExplanation =
    "Scopes: read (every GET), write (create, capture and void payments), refund, admin (manage the keys of the same\n"
    "merchant and mode by the API). Without --scopes a key gets read,write,refund. An operator's key (--admin) "
    "manages\n"
    "all merchants and their keys by the API and can do nothing else; only this command makes one.";

void add_create(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<CreateOptions>();
    auto* command =
        add_command(group, shell, {"create", "Create a key and print it, once", kCreateExamples, kCreateExplanation},
                    [&shell, options] {
                        return on_loop([&shell, options](auto executor) {
                            return create(executor, shell.config(), *options, shell.json);
                        });
                    });
    command->add_option("--merchant", options->merchant, "The merchant's id");
    command->add_option("--mode", options->mode, "test (without it) or live")->check(CLI::IsMember({"test", "live"}));
    command->add_option("--name", options->name, "What the key is for")->required();
    command->add_option("--scopes", options->scopes, "What it may do: some of read,write,refund,admin");
    command->add_option("--expires", options->expires, "When it ends: 90d, or 2027-01-31T00:00:00Z; never without it");
    command->add_flag("--admin", options->admin, "An operator's key, of no merchant");
}

constexpr const char* kRotateExamples =
    "  florin keys rotate key_...                 # the old key works for another day\n"
    "  florin keys rotate key_... --overlap 0     # the old key was seen by somebody: it ends at once";

void add_rotate(CLI::App& group, Shell& shell) {
    auto id = std::make_shared<std::string>();
    auto overlap = std::make_shared<std::string>("24h");
    auto* command = add_command(
        group, shell,
        {"rotate", "Replace a key by a new one like it; the old one ends after an overlap", kRotateExamples},
        [&shell, id, overlap] {
            return on_loop([&shell, id, overlap](auto executor) {
                return rotate(executor, shell.config(), *id, *overlap, shell.json);
            });
        });
    command->add_option("id", *id, "The key's id, key_...")->required();
    command->add_option("--overlap", *overlap, "How long the old key works on: up to 30d, 0 for not at all")
        ->capture_default_str();
}

using ById = Task<int> (*)(boost::asio::any_io_executor, config::Config, std::string, bool);

void add_by_id(CLI::App& group, Shell& shell, const Description& description, ById work) {
    auto id = std::make_shared<std::string>();
    auto* command = add_command(group, shell, description, [&shell, id, work] {
        return on_loop([&shell, id, work](auto executor) { return work(executor, shell.config(), *id, shell.json); });
    });
    command->add_option("id", *id, "The key's id, key_...")->required();
}

}  // namespace

std::string to_text(const store::KeyRow& row) {
    return fmt::format("{}  {}  {:<5} {:<16} {:<17} {}{}  {}", to_string(row.id),
                       row.merchant ? to_string(*row.merchant) : "operator", to_string(row.mode), row.hint,
                       to_string(row.scopes), state_of(row),
                       row.last_used_at ? ", last used " + format_time(*row.last_used_at) : "", row.name);
}

void add_keys(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {"keys", "API keys: create, rotate, revoke, list and show them", ""});
    group->require_subcommand(1);
    add_create(*group, shell);
    add_rotate(*group, shell);
    add_by_id(*group, shell,
              {"revoke", "Revoke a key; every process refuses it within 5 s", "  florin keys revoke key_..."}, revoke);
    add_by_id(*group, shell, {"show", "One key; never the key itself", "  florin keys show key_... --json"}, show);
    auto merchant = std::make_shared<std::string>();
    auto* listing = add_command(
        *group, shell,
        {"list", "List keys, the newest first; never the keys themselves", "  florin keys list --merchant mer_..."},
        [&shell, merchant] {
            return on_loop(
                [&shell, merchant](auto executor) { return list(executor, shell.config(), *merchant, shell.json); });
        });
    listing->add_option("--merchant", *merchant, "Only this merchant's");
}

}  // namespace florin::cli
