// florin merchants create|list.
#include <fmt/format.h>

#include <iostream>

#include "cli/command.hpp"
#include "cli/database.hpp"
#include "config/pepper.hpp"
#include "store/credentials.hpp"

namespace florin::cli {
namespace {

const Milliseconds kPatience(10'000);

boost::json::value to_json(const ledger::FeeRule& fee) {
    return {{"basis_points", fee.basis_points}, {"fixed", fee.fixed}};
}

boost::json::value to_json(const store::Merchant& merchant) {
    boost::json::object fees;
    for (const auto& [currency, fee] : merchant.fees) fees[currency] = to_json(fee);
    return {{"id", to_string(merchant.id)},
            {"name", merchant.name},
            {"default_fee", to_json(merchant.default_fee)},
            {"fees", std::move(fees)}};
}

std::string to_text(const store::Merchant& merchant) {
    return fmt::format("{}  {:>5} bp + {:<6} {}", to_string(merchant.id), merchant.default_fee.basis_points,
                       merchant.default_fee.fixed, merchant.name);
}

Task<int> create(boost::asio::any_io_executor executor, config::Config config, std::string name, ledger::FeeRule fee,
                 bool json) {
    store::Credentials credentials(executor, application_url(config), Secret{});
    auto merchant = co_await credentials.create_merchant(std::move(name), fee, Deadline::after(kPatience));
    if (json) {
        print_json(to_json(merchant));
    } else {
        std::cout << to_text(merchant) << '\n';
    }
    co_return kDone;
}

Task<int> list(boost::asio::any_io_executor executor, config::Config config, bool json) {
    store::Credentials credentials(executor, application_url(config), Secret{});
    auto merchants = co_await credentials.list_merchants(Deadline::after(kPatience));
    boost::json::array rows;
    for (const auto& merchant : merchants) {
        if (json) {
            rows.push_back(to_json(merchant));
        } else {
            std::cout << to_text(merchant) << '\n';
        }
    }
    if (json) print_json({{"data", std::move(rows)}});
    co_return kDone;
}

struct CreateOptions {
    std::string name;
    ledger::FeeRule fee;
};

}  // namespace

void add_merchants(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {"merchants", "Who is paid: create and list merchants", ""});
    group->require_subcommand(1);
    auto options = std::make_shared<CreateOptions>();
    auto* creating = add_command(
        *group, shell,
        {"create", "Create a merchant", "  florin merchants create --name 'Books & Co' --fee-bps 290 --fee-fixed 30"},
        [&shell, options] {
            return on_loop([&shell, options](auto executor) {
                return create(executor, shell.config(), options->name, options->fee, shell.json);
            });
        });
    creating->add_option("--name", options->name, "Shown to people; need not be unique")->required();
    creating->add_option("--fee-bps", options->fee.basis_points, "Our fee: hundredths of a per cent of the amount")
        ->check(CLI::Range(0, 10'000));
    creating
        ->add_option("--fee-fixed", options->fee.fixed, "Our fee: plus this, in minor units of the payment's currency")
        ->check(CLI::Range(0, 1'000'000));
    add_command(*group, shell, {"list", "List all merchants", ""}, [&shell] {
        return on_loop([&shell](auto executor) { return list(executor, shell.config(), shell.json); });
    });
}

}  // namespace florin::cli
