// POST /v1/payment_intents/{id}/cancel
//
// Cancelling a held authorization releases what was not captured; after several captures (multicapture) that is the
// rest, and the intent has `succeeded` with what was taken before. Stripe takes no metadata here: which operation
// cancelled shows only in the idempotency key.
#include "simulator/stripe.hpp"

namespace florin::simulator {
namespace {

bool is_open(Status status) {
    return status == Status::requires_payment_method || status == Status::requires_capture ||
           status == Status::requires_confirmation || status == Status::requires_action;
}

}  // namespace

// As a refund of money that never moved, which is how Stripe shows it.
void release(Intent& intent, std::int64_t now_us, std::string_view reason) {
    const auto rest = intent.capturable();
    if (rest == 0 || intent.refunds.size() >= kMostDerived) return;
    Refund released{.created_us = now_us, .amount = rest};
    released.charge = static_cast<std::uint8_t>(intent.charges.size() - 1);
    released.is_release = true;
    released.reason = reason;
    intent.refunds.push_back(std::move(released));
}

void close(Intent& intent, std::int64_t now_us, std::string_view reason) {
    const bool is_automatic = reason == kAutomatic;
    release(intent, now_us, is_automatic ? "expired_uncaptured_charge" : "");
    if (intent.received() > 0) {
        intent.status = Status::succeeded;
        return;
    }
    intent.status = Status::canceled;
    intent.cancellation_reason = reason;
    intent.canceled_s = now_us / 1'000'000;
}

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
    if (is_declined(call)) return refusal(call, *intent);
    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->changed_us = world_.now_us();
    if (const auto rest = intent->capturable(); rest > 0) {
        intent->movements.push_back({Movement::Kind::cancel, intent->changed_us, rest,
                                     references_of(call.parameters, call.request.idempotency_key, *intent)});
    }
    close(*intent, intent->changed_us, call.parameters.reason);
    world_.truth.changed(*intent);
    return {.intent = intent};
}

}  // namespace florin::simulator
