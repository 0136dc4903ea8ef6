// What the commands that move money through a running gateway share: pay, capture, void, refund.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "cli/command.hpp"
#include "cli/gateway_client.hpp"

namespace florin::cli {

inline constexpr const char* kMoneyExplanation =
    "FLORIN_URL and FLORIN_SECRET_KEY say where the gateway is and as whom: they are read from the environment alone.\n"
    "Exit code 0: it is done. 1: declined, refused, or not settled yet (pending). 2: wrong command line or API key.\n"
    "3: no answer, or the gateway is too busy; repeat the command with the --key that it printed, never without.";

struct MoneyOptions {
    std::string key;    // the Idempotency-Key; empty: a new one
    bool live = false;  // a live key moves real money, and that must be meant
};
void add_money_options(CLI::App& command, MoneyOptions& options);

// Refuses a live key without --live.
void check_mode(const GatewayClient& client, const MoneyOptions& options);

// Tells the key first, so that a repeat is safe whatever comes; then sends, and prints the payment.
Task<int> move_money(GatewayClient& client, std::string path, boost::json::object body, MoneyOptions options,
                     bool json);

// "captured  10.00 EUR  pay_…", and what of it was captured, refunded, released.
std::string payment_line(const boost::json::object& payment);

}  // namespace florin::cli
