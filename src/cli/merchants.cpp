// florin merchants create|list|show|update|close|reopen.
#include <fmt/format.h>

#include "cli/administration.hpp"
#include "cli/merchant_options.hpp"

namespace florin::cli {
namespace {

std::string to_text(const ledger::FeeRule& fee) {
    return fmt::format("{} bp + {}", fee.basis_points, fee.fixed);
}

Task<int> create(boost::asio::any_io_executor executor, config::Config config, MerchantOptions options, bool json) {
    auto merchant = new_merchant(options);
    auto administration = open_administration(executor, config);
    const auto made =
        co_await administration.create_merchant(std::move(merchant), this_user(), Deadline::after(kPatience));
    if (!made) co_return cli::print_refusal(made.error());
    print_row(made->row, json);
    co_return kDone;
}

Task<int> change(boost::asio::any_io_executor executor, config::Config config, MerchantId id,
                 store::MerchantChange wanted, bool json) {
    auto administration = open_administration(executor, config);
    const auto row =
        co_await administration.update_merchant(id, std::move(wanted), this_user(), Deadline::after(kPatience));
    if (!row) co_return print_refusal(row.error(), kLookAtMerchants);
    print_row(*row, json);
    co_return kDone;
}

Task<int> update(boost::asio::any_io_executor executor, config::Config config, std::string id, MerchantOptions options,
                 bool json) {
    co_return co_await change(executor, std::move(config), parse_merchant(id), change_of(options), json);
}

Task<int> close(boost::asio::any_io_executor executor, config::Config config, std::string id, bool json) {
    co_return co_await change(executor, std::move(config), parse_merchant(id), {.closed = true}, json);
}

Task<int> reopen(boost::asio::any_io_executor executor, config::Config config, std::string id, bool json) {
    co_return co_await change(executor, std::move(config), parse_merchant(id), {.closed = false}, json);
}

Task<int> show(boost::asio::any_io_executor executor, config::Config config, std::string id, bool json) {
    const auto merchant = parse_merchant(id);
    auto administration = open_administration(executor, config);
    const auto row = co_await administration.find_merchant(merchant, Deadline::after(kPatience));
    if (!row) co_return print_refusal({Error::not_found, "There is no merchant with this id."}, kLookAtMerchants);
    print_row(*row, json);
    co_return kDone;
}

Task<int> list(boost::asio::any_io_executor executor, config::Config config, bool json) {
    auto administration = open_administration(executor, config);
    const auto page_of = [&administration](store::Cut cut) {
        return administration.list_merchants(cut, Deadline::after(kPatience));
    };
    co_return co_await print_pages(page_of, [](const store::MerchantRow& row) { return row.merchant.id.uuid(); }, json);
}

constexpr const char* kFees =
    "Our fee is taken from what the merchant is paid: --fee-bps hundredths of a per cent of the amount plus "
    "--fee-fixed "
    "minor\nunits of the payment's currency. --fee EUR=150+25 (basis points, plus, fixed) holds for euros in their "
    "place.";

void add_create(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<MerchantOptions>();
    auto* command = add_command(
        group, shell,
        {"create", "Create a merchant",
         "  florin merchants create --name 'Books & Co' --fee-bps 290 --fee-fixed 30\n"
         "  florin merchants create --name Kiosk --fee-bps 150 --fee EUR=120+25 --requests-per-second 50 --burst 100",
         kFees},
        [&shell, options] {
            return on_loop(
                [&shell, options](auto executor) { return create(executor, shell.config(), *options, shell.json); });
        });
    add_settings(*command, *options);
    command->get_option("--name")->required();
}

void add_update(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<MerchantOptions>();
    auto id = std::make_shared<std::string>();
    auto* command = add_command(group, shell,
                                {"update", "Change a merchant; what is not named stays as it is",
                                 "  florin merchants update mer_... --fee-bps 250 --fee-fixed 30\n"
                                 "  florin merchants update mer_... --fee EUR=120+25 --no-fee USD\n"
                                 "  florin merchants update mer_... --no-rate-limit\n"
                                 "  florin merchants update mer_... --before-expiry capture --hours-ahead 12",
                                 kFees},
                                [&shell, options, id] {
                                    return on_loop([&shell, options, id](auto executor) {
                                        return update(executor, shell.config(), *id, *options, shell.json);
                                    });
                                });
    command->add_option("id", *id, "The merchant's id, mer_...")->required();
    add_settings(*command, *options);
    add_removals(*command, *options);
}

using ById = Task<int> (*)(boost::asio::any_io_executor, config::Config, std::string, bool);

void add_by_id(CLI::App& group, Shell& shell, const Description& description, ById work) {
    auto id = std::make_shared<std::string>();
    auto* command = add_command(group, shell, description, [&shell, id, work] {
        return on_loop([&shell, id, work](auto executor) { return work(executor, shell.config(), *id, shell.json); });
    });
    command->add_option("id", *id, "The merchant's id, mer_...")->required();
}

}  // namespace

std::string to_text(const store::MerchantRow& row) {
    const auto& merchant = row.merchant;
    auto text = fmt::format("{}  {:<16}", to_string(merchant.id), to_text(merchant.default_fee));
    for (const auto& [currency, fee] : merchant.fees) text += fmt::format("  {} {}", currency, to_text(fee));
    if (merchant.limit) text += fmt::format("  {}/s, {} at once", merchant.limit->per_second, merchant.limit->burst);
    if (const auto& policy = merchant.before_expiry; policy.action != store::BeforeExpiry::none) {
        text += fmt::format("  {} {} h before expiry", to_string(policy.action), policy.hours_ahead);
    }
    if (row.closed_at) text += "  closed " + format_time(*row.closed_at);
    return text + "  " + merchant.name;
}

void add_merchants(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {"merchants", "Who is paid: create, list, show, update, close and reopen", ""});
    group->require_subcommand(1);
    add_create(*group, shell);
    add_command(
        *group, shell, {"list", "List all merchants, the newest first", "  florin merchants list --json"},
        [&shell] { return on_loop([&shell](auto executor) { return list(executor, shell.config(), shell.json); }); });
    add_by_id(*group, shell, {"show", "One merchant", "  florin merchants show mer_..."}, show);
    add_update(*group, shell);
    add_by_id(*group, shell,
              {"close", "Refuse all keys of a merchant within 5 s; what is under way goes on to its end",
               "  florin merchants close mer_..."},
              close);
    add_by_id(*group, shell,
              {"reopen", "Let the keys of a closed merchant work again", "  florin merchants reopen mer_..."}, reopen);
}

}  // namespace florin::cli
