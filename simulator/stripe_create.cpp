// POST /v1/payment_intents
#include <algorithm>
#include <array>

#include "simulator/stripe.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {
namespace {

struct Limit {
    std::string_view currency;
    std::int64_t least;     // in Stripe's minor units; docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
    std::int64_t step = 1;  // amounts must be a multiple of it
};

// Three-decimal currencies end in 0; ISK and UGX have no minor unit but are written with two zeros.
constexpr auto kLimits = std::to_array<Limit>({
    {"usd", 50},       {"eur", 50},     {"gbp", 30},     {"jpy", 50},     {"cad", 50},     {"aud", 50},
    {"chf", 50},       {"brl", 50},     {"inr", 50},     {"nzd", 50},     {"sgd", 50},     {"aed", 200},
    {"pln", 200},      {"ron", 200},    {"bgn", 100},    {"myr", 200},    {"dkk", 250},    {"nok", 300},
    {"sek", 300},      {"hkd", 400},    {"mxn", 1000},   {"czk", 1500},   {"thb", 1000},   {"huf", 17500},
    {"bhd", 10, 10},   {"jod", 10, 10}, {"kwd", 10, 10}, {"omr", 10, 10}, {"tnd", 10, 10}, {"isk", 100, 100},
    {"ugx", 100, 100},
});

ParameterError missing(std::string_view name) {
    return {"parameter_missing", "Missing required param: " + std::string(name) + ".", std::string(name)};
}

ParameterError only_with_confirm(std::string_view name) {
    return {"", "You may only specify `" + std::string(name) + "` when `confirm` is set to true.", std::string(name)};
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

std::optional<ParameterError> check_limits(const Parameters& parameters) {
    const auto currency = lower_case(parameters.currency);
    const auto* limit = std::ranges::find(kLimits, currency, &Limit::currency);
    if (limit == kLimits.end()) return std::nullopt;
    if (parameters.amount < limit->least) {
        return ParameterError{"amount_too_small",
                              "Amount must be at least " + std::to_string(limit->least) + " minor units of " + currency,
                              "amount"};
    }
    if (parameters.amount % limit->step != 0) {
        return ParameterError{
            "invalid_charge_amount",
            "Invalid amount: amounts in " + currency + " must be divisible by " + std::to_string(limit->step),
            "amount"};
    }
    return std::nullopt;
}

bool is_url(std::string_view text) {
    const auto scheme = text.find("://");
    return scheme != std::string_view::npos && scheme > 0 && text.size() > scheme + 3 &&
           text.find_first_of(" \t\r\n\"<>") == std::string_view::npos;
}

}  // namespace

std::optional<ParameterError> check_descriptor(const Parameters& parameters) {
    for (const Field& field : parameters.kept) {
        if (field.key != "statement_descriptor") continue;
        return ParameterError{
            "",
            "The `statement_descriptor` parameter is not supported for the `card` payment method type. "
            "Please use `statement_descriptor_suffix` instead.",
            "statement_descriptor"};
    }
    return std::nullopt;
}

std::optional<ParameterError> check_create(const Parameters& parameters) {
    if (!parameters.has_amount) return missing("amount");
    if (parameters.currency.empty()) return missing("currency");
    if (auto wrong = check_limits(parameters)) return wrong;
    if (!parameters.confirm) {
        if (!parameters.return_url.empty()) return only_with_confirm("return_url");
        if (parameters.off_session) return only_with_confirm("off_session");
        if (parameters.error_on_requires_action) return only_with_confirm("error_on_requires_action");
    }
    if (!parameters.return_url.empty() && !is_url(parameters.return_url)) {
        return ParameterError{"url_invalid", "Not a valid URL", "return_url"};
    }
    if (parameters.automatic_methods && parameters.has_method_types) {
        return ParameterError{
            "parameters_exclusive",
            "You may only specify one of these parameters: automatic_payment_methods, payment_method_types.",
            "automatic_payment_methods"};
    }
    return check_descriptor(parameters);
}

std::string Stripe::new_intent_id() {
    std::string id;
    do {
        id.assign("pi_3");
        world_.random.append_token(id, 21);
        id.append("00");  // charges count here
    } while (world_.truth.find(id) != nullptr);
    return id;
}

Result Stripe::create(Call& call) {
    const auto& asked = call.parameters;
    Intent intent;
    intent.id = new_intent_id();
    intent.created_us = world_.now_us();
    if (!world_.truth.intents().empty()) {  // lists are in order of creation even when a clock steps back
        intent.created_us = std::max(intent.created_us, world_.truth.intents().back().created_us);
    }
    intent.changed_us = intent.created_us;
    intent.amount = asked.amount;
    intent.currency = lower_case(asked.currency);
    intent.automatic_methods = asked.automatic_methods || !asked.has_method_types;
    intent.allows_redirects = asked.allow_redirects;
    merge_metadata(intent.metadata, asked);
    keep_parameters(intent, asked);
    if (!asked.payment_method.empty()) {
        if (!take_payment_method(intent, asked.payment_method)) return no_such_method(asked.payment_method);
        intent.status = Status::requires_confirmation;
    }
    if (!asked.confirm) return {.intent = &world_.truth.add(std::move(intent))};
    if (auto refused = check_confirmation(intent, asked)) return std::move(*refused);
    Result result = pay(intent, call);
    Intent& added = world_.truth.add(std::move(intent));
    watch(added);
    if (result.intent != nullptr) result.intent = &added;
    return result;
}

}  // namespace florin::simulator
