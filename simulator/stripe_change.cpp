// POST /v1/payment_intents/{id} and POST /v1/payment_intents/{id}/cancel
#include "simulator/stripe.hpp"

namespace florin::simulator {
namespace {

bool is_open(Status status) {
    return status == Status::requires_payment_method || status == Status::requires_capture ||
           status == Status::requires_confirmation || status == Status::requires_action;
}

// Before the first confirmation everything may change; afterwards only what does not touch the money.
bool changes_money(const Parameters& asked) {
    return asked.has_amount || !asked.currency.empty() || !asked.payment_method.empty() ||
           !asked.capture_method.empty();
}

}  // namespace

Result Stripe::cancel(Call& call) {
    Intent* intent = world_.truth.find(call.id);
    if (intent == nullptr) return no_such_intent(call.id);
    if (!is_open(intent->status)) {
        return problem(
            400, "payment_intent_unexpected_state",
            "You cannot cancel this PaymentIntent because it has a status of " +
                std::string(to_string(intent->status)) +
                ". Only a PaymentIntent with one of the following statuses may be canceled: "
                "requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.",
            {}, intent);
    }
    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->changed_us = world_.now_us();
    intent->canceled_s = intent->changed_us / 1'000'000;
    intent->status = Status::canceled;
    intent->cancellation_reason = call.parameters.cancellation_reason;
    world_.truth.changed(*intent);
    return {.intent = intent};
}

Result Stripe::update(Call& call) {
    Intent* intent = world_.truth.find(call.id);
    if (intent == nullptr) return no_such_intent(call.id);
    const auto& asked = call.parameters;
    const bool is_fresh =
        intent->status == Status::requires_payment_method || intent->status == Status::requires_confirmation;
    if (changes_money(asked) && !is_fresh) {
        return problem(
            400, "payment_intent_unexpected_state",
            "This PaymentIntent's amount, currency, payment_method or capture_method could not be updated because "
            "it has a status of " +
                std::string(to_string(intent->status)) + ".",
            {}, intent);
    }
    if (!asked.payment_method.empty()) {
        Intent tried = *intent;
        if (!take_payment_method(tried, asked.payment_method)) return no_such_method(asked.payment_method);
    }
    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->changed_us = world_.now_us();
    keep_parameters(*intent, asked);
    if (asked.has_amount) intent->amount = asked.amount;
    if (!asked.currency.empty()) intent->currency = asked.currency;
    if (!asked.payment_method.empty()) {
        take_payment_method(*intent, asked.payment_method);
        intent->status = Status::requires_confirmation;
    }
    world_.truth.changed(*intent);
    return {.intent = intent};
}

}  // namespace florin::simulator
