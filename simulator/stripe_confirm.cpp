// POST /v1/payment_intents/{id}/confirm
#include "simulator/stripe.hpp"

namespace florin::simulator {
namespace {

bool is_confirmable(Status status) {
    return status == Status::requires_payment_method || status == Status::requires_confirmation ||
           status == Status::requires_action;
}

}  // namespace

Result no_such_method(std::string_view name) {
    const bool is_token = name.starts_with("tok_");
    return problem(400, "resource_missing",
                   (is_token ? "No such token: '" : "No such PaymentMethod: '") + std::string(name) + "'",
                   is_token ? "payment_method_data[card][token]" : "payment_method");
}

Result Stripe::confirm(Call& call) {
    Intent* intent = world_.truth.find(call.id);
    if (intent == nullptr) return no_such_intent(call.id);
    if (!is_confirmable(intent->status)) {
        return problem(400, "payment_intent_unexpected_state",
                       "You cannot confirm this PaymentIntent because it has a status of " +
                           std::string(to_string(intent->status)) +
                           ". Only a PaymentIntent with one of the following statuses may be confirmed: "
                           "requires_payment_method, requires_confirmation, requires_action.",
                       {}, intent);
    }
    if (intent->charges.size() >= kMostDerived) {
        return problem(400, "payment_intent_payment_attempt_failed", "This PaymentIntent was attempted too often.", {},
                       intent);
    }
    Intent changed = *intent;
    keep_parameters(changed, call.parameters);
    if (!call.parameters.payment_method.empty() && !take_payment_method(changed, call.parameters.payment_method)) {
        return no_such_method(call.parameters.payment_method);
    }
    // A method that was declined has to be given again.
    if (intent->status == Status::requires_payment_method && call.parameters.payment_method.empty())
        changed.method = -1;
    if (auto refused = check_confirmation(changed, call.parameters)) return std::move(*refused);
    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->kept = std::move(changed.kept);
    intent->return_url = std::move(changed.return_url);
    intent->capture_method = changed.capture_method;
    intent->wants_multicapture = changed.wants_multicapture;
    intent->method = changed.method;
    intent->payment_method = std::move(changed.payment_method);
    intent->changed_us = world_.now_us();
    Result result = pay(*intent, call);
    watch(*intent);
    world_.truth.changed(*intent);
    return result;
}

}  // namespace florin::simulator
