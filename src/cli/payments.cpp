// florin payments list|show: what a running gateway knows of this API key's payments.
#include <fmt/format.h>

#include <iostream>

#include "base/id.hpp"
#include "cli/amounts.hpp"
#include "cli/database.hpp"
#include "cli/pay.hpp"

namespace florin::cli {
namespace {

using boost::json::object;

struct ListOptions {
    int limit = 20;
    std::string starting_after;
};

std::string_view word(const object& row, std::string_view name) {
    const auto& value = row.at(name);
    return value.is_string() ? std::string_view(value.get_string()) : std::string_view("-");
}

std::string amount_of(const object& row) {
    return amount_text(row.at("amount").as_int64(), word(row, "currency"));
}

Task<int> list(boost::asio::any_io_executor executor, ListOptions options, bool json) {
    auto path = fmt::format("/api/v1/payments?limit={}", options.limit);
    if (!options.starting_after.empty()) {
        if (!PaymentId::parse(options.starting_after)) throw UsageError("--starting-after must be pay_...");
        path += "&starting_after=" + options.starting_after;
    }
    GatewayClient client(executor);
    const auto page = co_await client.get(std::move(path));
    if (!page.is_success()) co_return print_problem(page);
    if (json) {
        print_json(page.body);
        co_return kDone;
    }
    for (const auto& row : page.body.at("data").as_array()) std::cout << payment_line(row.as_object()) << '\n';
    if (page.body.at("has_more").as_bool()) {
        std::cout << fmt::format("older ones: --starting-after {}\n",
                                 word(page.body.as_object(), "next_starting_after"));
    }
    co_return kDone;
}

std::string_view outcome_of(const object& operation) {
    return operation.at("outcome").is_null() ? "open" : word(operation, "outcome");
}

void print_operations(const boost::json::value& operations) {
    std::cout << "operations\n";
    for (const auto& row : operations.at("data").as_array()) {
        const auto& operation = row.as_object();
        std::cout << fmt::format("  {}  {:<10} {:>16}  {:<13} {}\n", word(operation, "created_at"),
                                 word(operation, "kind"), amount_of(operation), outcome_of(operation),
                                 word(operation, "operation_id"));
    }
}

void print_ledger(const boost::json::value& ledger) {
    std::cout << "ledger\n";
    for (const auto& row : ledger.at("data").as_array()) {
        const auto& entry = row.as_object();
        std::cout << fmt::format("  {:<6} {:>16}  {}\n", word(entry, "entry_type"), amount_of(entry),
                                 word(entry, "account"));
    }
}

Task<int> show(boost::asio::any_io_executor executor, std::string id, bool json) {
    if (!PaymentId::parse(id)) throw UsageError("PAYMENT must be pay_...: florin payments list shows them");
    GatewayClient client(executor);
    const auto path = "/api/v1/payments/" + id;
    const auto payment = co_await client.get(path);
    if (!payment.is_success()) co_return print_problem(payment);
    const auto operations = co_await client.get(path + "/operations");
    if (!operations.is_success()) co_return print_problem(operations);
    const auto ledger = co_await client.get(path + "/ledger");
    if (!ledger.is_success()) co_return print_problem(ledger);
    if (json) {
        print_json({{"payment", payment.body},
                    {"operations", operations.body.at("data")},
                    {"ledger", ledger.body.at("data")}});
        co_return kDone;
    }
    std::cout << payment_line(payment.body.as_object()) << '\n';
    print_operations(operations.body);
    print_ledger(ledger.body);
    co_return kDone;
}

void add_list(CLI::App& group, Shell& shell) {
    auto options = std::make_shared<ListOptions>();
    auto* command = add_command(
        group, shell,
        {.name = "list", .what = "The newest payments, one line each", .examples = "  florin payments list --limit 5"},
        [&shell, options] {
            return on_loop([options, json = shell.json](auto executor) { return list(executor, *options, json); });
        });
    command->add_option("--limit", options->limit, "How many")->check(CLI::Range(1, 100))->capture_default_str();
    command->add_option("--starting-after", options->starting_after, "Those older than this payment");
}

}  // namespace

void add_payments(CLI::App& app, Shell& shell) {
    auto* group = add_group(app, {.name = "payments",
                                  .what = "Payments of a running gateway: list them, show one with its ledger",
                                  .examples = "  florin payments list\n  florin payments show pay_...",
                                  .explanation = "As the merchant of FLORIN_SECRET_KEY at FLORIN_URL."});
    group->require_subcommand(1);
    add_list(*group, shell);
    auto id = std::make_shared<std::string>();
    add_command(
        *group, shell,
        {.name = "show",
         .what = "One payment with its operations and its ledger",
         .examples = "  florin payments show pay_...\n  florin payments show pay_... --json"},
        [&shell, id] { return on_loop([id, json = shell.json](auto executor) { return show(executor, *id, json); }); })
        ->add_option("PAYMENT", *id, "The payment's id, pay_...")
        ->required();
}

}  // namespace florin::cli
