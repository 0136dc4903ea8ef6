#include "cli/pay.hpp"

#include <fmt/format.h>

#include <iostream>

#include "base/hash.hpp"
#include "cli/amounts.hpp"
#include "cli/database.hpp"

namespace florin::cli {
namespace {

constexpr std::size_t kKeyCharacters = 24;

struct PayOptions {
    std::string amount, currency, method = "pm_card_visa";
    bool only_authorize = false;
    MoneyOptions money;
};

std::int64_t number(const boost::json::object& object, std::string_view name) {
    return object.at(name).as_int64();
}

std::string word(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// What there is to know about an answer that settles nothing: where the payer must go, why it was declined.
void print_next(const boost::json::object& payment) {
    if (const auto* action = payment.at("next_action").if_object()) {
        std::cout << "  the payer must act: " << word(*action, "url") << '\n';
    }
    if (const auto why = word(payment, "failure_reason"); !why.empty()) std::cout << "  " << why << '\n';
    if (word(payment, "status") == "pending") {
        std::cout << "  not known yet: it settles by itself; florin payments show " << word(payment, "payment_id")
                  << '\n';
    }
}

// A 402 or 503 carries the payment inside of its problem.
const boost::json::object* payment_in(const GatewayAnswer& answer) {
    const auto& body = answer.body.as_object();
    if (body.contains("payment_id")) return &body;
    const auto* payment = body.if_contains("payment");
    return payment ? payment->if_object() : nullptr;
}

Task<int> pay(boost::asio::any_io_executor executor, PayOptions options, bool json) {
    const auto amount = parse_amount(options.amount, options.currency);
    if (!amount) throw UsageError("--amount: " + amount.error().detail);
    GatewayClient client(executor);
    check_mode(client, options.money);
    boost::json::object body{{"amount", *amount}, {"currency", options.currency}, {"payment_method", options.method}};
    if (options.only_authorize) body["capture"] = false;
    co_return co_await move_money(client, "/api/v1/payments", std::move(body), options.money, json);
}

}  // namespace

void add_money_options(CLI::App& command, MoneyOptions& options) {
    command.add_option("--key", options.key, "Idempotency-Key of an earlier call, to repeat it safely");
    command.add_flag("--live", options.live, "Mean it: FLORIN_SECRET_KEY is a live key and real money moves");
}

void check_mode(const GatewayClient& client, const MoneyOptions& options) {
    if (client.is_live() && !options.live) {
        throw UsageError("FLORIN_SECRET_KEY is a live key and real money would move: add --live if that is meant");
    }
}

std::string payment_line(const boost::json::object& payment) {
    const auto currency = word(payment, "currency");
    auto line = fmt::format("{:<18} {:>16}  {}", word(payment, "status"),
                            amount_text(number(payment, "amount"), currency), word(payment, "payment_id"));
    for (const std::string_view part : {"captured", "refunded", "voided"}) {
        const auto amount = number(payment, fmt::format("{}_amount", part));
        if (amount > 0)
            line += fmt::format("  {} {}", part == "voided" ? "released" : part, amount_text(amount, currency));
    }
    return line;
}

Task<int> move_money(GatewayClient& client, std::string path, boost::json::object body, MoneyOptions options,
                     bool json) {
    auto key = options.key.empty() ? "cli-" + random_token(kKeyCharacters) : options.key;
    std::cerr << fmt::format("Idempotency-Key {}: repeat the command with --key {} if no answer comes\n", key, key);
    const auto answer = co_await client.post(std::move(path), std::move(body), key);
    const auto* payment = payment_in(answer);
    if (json) {
        print_json({{"idempotency_key", key}, {"http_status", answer.status}, {"answer", answer.body}});
    } else if (payment) {
        std::cout << payment_line(*payment) << '\n';
        print_next(*payment);
    }
    if (answer.status >= 400) co_return print_problem(answer);
    co_return answer.status == 200 ? kDone : kNo;
}

void add_pay(CLI::App& app, Shell& shell) {
    auto options = std::make_shared<PayOptions>();
    auto* command = add_command(
        app, shell,
        {.name = "pay",
         .what = "Make a payment at a running gateway: the quick try",
         .examples = "  . var/florin.env && export FLORIN_URL FLORIN_SECRET_KEY      # what ./run wrote\n"
                     "  florin pay --amount 10.00 --currency EUR\n"
                     "  florin pay --amount 10.00 --currency EUR --no-capture       # hold now, capture later\n"
                     "  florin pay --amount 10.00 --currency EUR --method pm_card_visa_chargeDeclined",
         .explanation = kMoneyExplanation},
        [&shell, options] {
            return on_loop([options, json = shell.json](auto executor) { return pay(executor, *options, json); });
        });
    command->add_option("--amount", options->amount, "With the currency's decimals: 10.00; 1050 for JPY")->required();
    command->add_option("--currency", options->currency, "ISO 4217, such as EUR")->required();
    command->add_option("--method", options->method, "The PSP's token of a card or of test data")
        ->capture_default_str();
    command->add_flag("--no-capture", options->only_authorize, "Only authorize: florin capture takes the money");
    add_money_options(*command, options->money);
}

}  // namespace florin::cli
