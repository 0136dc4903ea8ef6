// florin capture|void|refund: what can be done to a payment at a running gateway.
#include <fmt/format.h>

#include "base/id.hpp"
#include "cli/amounts.hpp"
#include "cli/database.hpp"
#include "cli/pay.hpp"

namespace florin::cli {
namespace {

struct ModifyOptions {
    std::string path;  // "capture"
    std::string payment, amount;
    MoneyOptions money;
};

std::string path_of(std::string_view payment) {
    if (!PaymentId::parse(payment)) throw UsageError("PAYMENT must be pay_...: florin payments list shows them");
    return fmt::format("/api/v1/payments/{}", payment);
}

Task<int> modify(boost::asio::any_io_executor executor, ModifyOptions options, bool json) {
    GatewayClient client(executor);
    check_mode(client, options.money);
    const auto path = path_of(options.payment);
    boost::json::object body;
    // The currency's decimals are needed to read the amount.
    if (!options.amount.empty()) {
        const auto payment = co_await client.get(path);
        if (!payment.is_success()) co_return print_problem(payment);
        const auto amount = parse_amount(options.amount, payment.body.at("currency").as_string());
        if (!amount) throw UsageError("--amount: " + amount.error().detail);
        body["amount"] = *amount;
    }
    co_return co_await move_money(client, fmt::format("{}/{}", path, options.path), std::move(body), options.money,
                                  json);
}

CLI::App* add_modification(CLI::App& app, Shell& shell, const Description& description,
                           std::shared_ptr<ModifyOptions> options) {
    options->path = description.name;
    auto* command = add_command(app, shell, description, [&shell, options] {
        return on_loop([options, json = shell.json](auto executor) { return modify(executor, *options, json); });
    });
    command->add_option("PAYMENT", options->payment, "The payment's id, pay_...")->required();
    add_money_options(*command, options->money);
    return command;
}

}  // namespace

void add_modifications(CLI::App& app, Shell& shell) {
    auto capturing = std::make_shared<ModifyOptions>();
    add_modification(app, shell,
                     {.name = "capture",
                      .what = "Take the money that an authorization holds, all or a part of it",
                      .examples = "  florin capture pay_...\n  florin capture pay_... --amount 7.50",
                      .explanation = kMoneyExplanation},
                     capturing)
        ->add_option("--amount", capturing->amount, "Only so much; without it all that is held");
    add_modification(app, shell,
                     {.name = "void",
                      .what = "Release what an authorization holds",
                      .examples = "  florin void pay_...",
                      .explanation = kMoneyExplanation},
                     std::make_shared<ModifyOptions>());
    auto refunding = std::make_shared<ModifyOptions>();
    add_modification(app, shell,
                     {.name = "refund",
                      .what = "Give captured money back, all or a part of it",
                      .examples = "  florin refund pay_...\n  florin refund pay_... --amount 2.50",
                      .explanation = kMoneyExplanation},
                     refunding)
        ->add_option("--amount", refunding->amount, "Only so much; without it all that is left");
}

}  // namespace florin::cli
