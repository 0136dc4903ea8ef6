#include "bench/event_documents.hpp"

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "fmt/core.h"

namespace florin::bench {
namespace {

// Of ten events five are outcomes of payments, three inform about them, two are about something else.
constexpr auto kTypes = std::to_array<std::string_view>(
    {"payment_intent.succeeded", "charge.succeeded", "payment_intent.created", "payment_intent.succeeded",
     "customer.updated", "charge.succeeded", "charge.updated", "payment_intent.succeeded", "payment_method.attached",
     "payment_intent.processing"});

// What every object of Stripe's carries and nobody here reads.
constexpr std::string_view kRest =
    R"("application":null,"application_fee_amount":null,"automatic_payment_methods":null,"canceled_at":null,)"
    R"("cancellation_reason":null,"confirmation_method":"automatic","customer":null,"description":"Order","excluded_)"
    R"(payment_method_types":null,"last_payment_error":null,"next_action":null,"on_behalf_of":null,"payment_details":)"
    R"({"customer_reference":null,"order_reference":"ORD-1"},"payment_method":"pm_card_visa","payment_method_options":)"
    R"({"card":{"installments":null,"mandate_options":null,"network":null,"request_three_d_secure":"automatic"}},)"
    R"("payment_method_types":["card"],"processing":null,"receipt_email":null,"review":null,"setup_future_usage":null,)"
    R"("shipping":null,"source":null,"statement_descriptor":null,"statement_descriptor_suffix":null,)"
    R"("transfer_data":null,"transfer_group":null)";

std::string object_of(std::string_view type, const Paid& paid, std::int64_t created) {
    const auto metadata =
        fmt::format(R"("metadata":{{"florin_payment":"{}","florin_operation":"{}","florin_attempt":"1"}})",
                    paid.payment, paid.operation);
    const auto common = fmt::format(R"("amount":{},"currency":"usd","created":{},"livemode":false,{},{})", paid.amount,
                                    created, metadata, kRest);
    const auto middle = std::string_view(paid.intent).substr(3);
    const auto charge = fmt::format("ch_{}01", middle.substr(0, middle.size() - 2));  // as the simulator names it
    if (type.starts_with("payment_intent.")) {
        const bool is_new = type == "payment_intent.created";
        const bool is_done = type == "payment_intent.succeeded";
        return fmt::format(
            R"({{"id":"{}","object":"payment_intent","amount_capturable":0,"amount_received":{},)"
            R"("capture_method":"automatic","client_secret":"{}_secret_x","latest_charge":{},"status":"{}",{}}})",
            paid.intent, is_done ? paid.amount : 0, paid.intent, is_done ? fmt::format("\"{}\"", charge) : "null",
            is_done  ? "succeeded"
            : is_new ? "requires_confirmation"
                     : "processing",
            common);
    }
    if (type.starts_with("charge.")) {
        return fmt::format(R"({{"id":"{}","object":"charge","amount_captured":{},"amount_refunded":0,"captured":true,)"
                           R"("paid":true,"payment_intent":"{}","refunded":false,"status":"succeeded",{}}})",
                           middle, paid.amount, paid.intent, common);
    }
    return fmt::format(R"({{"id":"cus_{}","object":"customer","email":null,"livemode":false,{}}})", middle, kRest);
}

}  // namespace

std::vector<Paid> read_paid(const std::string& path) {
    std::ifstream file(path);
    std::vector<Paid> all;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        Paid paid;
        if (!(words >> paid.intent >> paid.payment >> paid.operation >> paid.amount)) {
            throw std::runtime_error("not a line of intent, payment, operation and amount: " + line);
        }
        all.push_back(std::move(paid));
    }
    if (all.empty()) throw std::runtime_error(path + " names no payment");
    return all;
}

std::string event_document(std::string_view id, std::uint64_t number, const Paid& paid, std::int64_t created) {
    const auto type = kTypes[number % kTypes.size()];
    return fmt::format(
        R"({{"id":"{}","object":"event","api_version":"2026-06-24.dahlia","created":{},"data":{{"object":{}}},)"
        R"("livemode":false,"pending_webhooks":1,"request":{{"id":null,"idempotency_key":null}},"type":"{}"}})",
        id, created, object_of(type, paid, created), type);
}

}  // namespace florin::bench
