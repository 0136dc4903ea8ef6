// POST /v1/payment_intents/{id}
#include "simulator/stripe.hpp"

namespace florin::simulator {
namespace {

// Before the first confirmation everything may change; afterwards only what does not touch the money.
bool changes_money(const Parameters& asked) {
    return asked.has_amount || !asked.currency.empty() || !asked.payment_method.empty() ||
           !asked.capture_method.empty();
}

}  // namespace

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
    auto metadata = intent->metadata;
    if (!merge_metadata(metadata, asked)) return too_much_metadata(*intent);
    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->changed_us = world_.now_us();
    if (intent->is_paid()) intent->references = references_of(*intent);
    intent->metadata = std::move(metadata);
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
