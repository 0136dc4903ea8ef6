// POST /v1/payment_intents/{id}/capture
//
// Stripe has no object for a capture: an intent only sums up what was captured of it. Which of several captures took
// place shows nowhere but in the metadata: what a capture brings is merged into the intent's, key by key, as every
// update is. A gateway that gives each capture a key of its own (`metadata[<operation>]=<amount>`) can therefore read
// from the intent, at any age, which of its captures were executed; with one key for all of them it sees the last one
// only. The truth keeps an operation's id from the metadata of the call, or else from its idempotency key.
//
// A capture is final unless `final_capture=false`, which needs multicapture. What a final one leaves is released:
// Stripe shows it as a refund of the charge (amount_refunded) that nobody asked for.
#include "simulator/stripe.hpp"
#include "simulator/stripe_methods.hpp"

namespace florin::simulator {
namespace {

constexpr std::size_t kMostCaptures = 50;

Result unexpected_state(const Intent& intent) {
    return problem(400, "payment_intent_unexpected_state",
                   "This PaymentIntent could not be captured because it has a status of " +
                       std::string(to_string(intent.status)) +
                       ". Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
                   {}, &intent);
}

std::size_t captures_of(const Intent& intent) {
    return static_cast<std::size_t>(std::ranges::count(intent.movements, Movement::Kind::capture, &Movement::kind));
}

std::optional<Result> check_amount(const Intent& intent, const Parameters& asked) {
    const auto capturable = intent.capturable();
    if (asked.has_amount && asked.amount > capturable) {
        return problem(400, "amount_too_large",
                       "The amount_to_capture (" + std::to_string(asked.amount) +
                           ") is greater than the amount that can be captured (" + std::to_string(capturable) + ").",
                       "amount_to_capture", &intent);
    }
    // Nothing more to capture: a way to release the rest after several captures.
    const bool releases_rest = asked.final_capture && intent.received() > 0;
    if (asked.has_amount && asked.amount == 0 && !releases_rest) {
        return problem(400, "parameter_invalid_integer", "This value must be greater than or equal to 1.",
                       "amount_to_capture", &intent);
    }
    return std::nullopt;
}

std::optional<Result> check_final(const Intent& intent, const Parameters& asked) {
    if (asked.final_capture) return std::nullopt;
    if (!has_multicapture(intent, intent.charges.back())) {
        return problem(400, {}, "final_capture can only be false for a PaymentIntent with multicapture available.",
                       "final_capture", &intent);
    }
    if (captures_of(intent) + 1 >= kMostCaptures) {
        return problem(400, {}, "A PaymentIntent can be captured 50 times; this capture has to be the final one.",
                       "final_capture", &intent);
    }
    return std::nullopt;
}

// Why it cannot be captured as asked.
std::optional<Result> check(const Intent& intent, const Parameters& asked, std::int64_t now_us) {
    if (intent.status != Status::requires_capture) return unexpected_state(intent);
    if (intent.charges.back().capture_before_s * 1'000'000 <= now_us) {
        return problem(400, "charge_expired_for_capture",
                       "The charge cannot be captured as the authorization has expired.", {}, &intent);
    }
    if (auto refused = check_amount(intent, asked)) return refused;
    return check_final(intent, asked);
}

// What is left after a final capture is released.
void take_captured(Intent& intent, std::int64_t amount, bool is_final, References references) {
    if (amount > 0) {
        intent.movements.push_back({Movement::Kind::capture, intent.changed_us, amount, std::move(references)});
    }
    intent.charges.back().captured += amount;
    if (!is_final && intent.capturable() > 0) return;
    release(intent, intent.changed_us, {});
    intent.status = Status::succeeded;
}

}  // namespace

std::optional<ParameterError> check_capture(const Parameters& parameters) {
    if (parameters.has_amount && parameters.amount < 0) {
        return ParameterError{"parameter_invalid_integer", "This value must be greater than or equal to 0.",
                              "amount_to_capture"};
    }
    return check_descriptor(parameters);
}

Result Stripe::capture(Call& call) {
    Intent* intent = world_.truth.find(call.id);
    if (intent == nullptr) return no_such_intent(call.id);
    const auto& asked = call.parameters;
    const auto now = world_.now_us();
    if (auto refused = check(*intent, asked, now)) return std::move(*refused);
    if (is_declined(call)) return refusal(call, *intent);
    auto metadata = intent->metadata;
    if (!merge_metadata(metadata, asked)) return too_much_metadata(*intent);

    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->changed_us = now;
    intent->references = references_of(*intent);
    const auto amount = asked.has_amount ? asked.amount : intent->capturable();
    take_captured(*intent, amount, asked.final_capture, references_of(asked, call.request.idempotency_key, *intent));
    intent->metadata = std::move(metadata);
    keep_parameters(*intent, asked);
    world_.truth.changed(*intent);
    return {.intent = intent};
}

}  // namespace florin::simulator
