// POST /v1/refunds, POST /v1/refunds/{id}
//
// A refund gives back what was captured of a charge, at most what is not refunded yet. It usually succeeds at once;
// Stripe's test cards pm_card_pendingRefund and pm_card_refundFail change its status after Settings::refund_delay_ms.
#include "simulator/stripe.hpp"
#include "simulator/stripe_methods.hpp"

namespace florin::simulator {
namespace {

Result no_charge_to_refund(const Intent& intent) {
    return problem(400, {}, "This PaymentIntent (" + intent.id + ") does not have a successful charge to refund.",
                   "payment_intent");
}

Result no_such_payment(const Parameters& asked) {
    if (asked.charge.empty()) {
        return problem(404, "resource_missing", "No such payment_intent: '" + std::string(asked.payment_intent) + "'",
                       "payment_intent");
    }
    return problem(404, "resource_missing", "No such charge: '" + std::string(asked.charge) + "'", "charge");
}

Result already_refunded(const Intent& intent, std::size_t charge) {
    return problem(400, "charge_already_refunded",
                   "Charge " + charge_id(intent, charge) + " has already been refunded.");
}

std::string shown(std::int64_t amount, const Intent& intent) {
    return std::to_string(amount) + " minor units of " + intent.currency;
}

std::optional<Result> check_amount(const Intent& intent, std::size_t charge, const Parameters& asked) {
    const bool was_given_back = intent.status == Status::canceled;
    if (!intent.is_paid() || charge + 1 != intent.charges.size() || (intent.received() == 0 && !was_given_back)) {
        return no_charge_to_refund(intent);
    }
    const auto left = intent.received() - intent.refunded(charge, false);
    if (left <= 0) return already_refunded(intent, charge);
    if (asked.has_amount && asked.amount > left) {
        return problem(400, {},
                       "Refund amount (" + shown(asked.amount, intent) +
                           ") is greater than unrefunded amount on charge (" + shown(left, intent) + ")",
                       "amount");
    }
    if (intent.refunds.size() >= kMostDerived) return problem(400, {}, "This charge has too many refunds.", "charge");
    return std::nullopt;
}

void plan(Refund& refund, RefundBehaviour behaviour, std::int64_t delay_ms) {
    if (behaviour == RefundBehaviour::succeeds) return;
    refund.due_us = refund.created_us + delay_ms * 1'000;
    if (behaviour == RefundBehaviour::pending_then_succeeds) refund.status = RefundStatus::pending;
    if (behaviour == RefundBehaviour::succeeds_then_fails) refund.later = RefundStatus::failed;
}

}  // namespace

std::optional<ParameterError> check_refund(const Parameters& parameters) {
    if (parameters.payment_intent.empty() == parameters.charge.empty()) {
        const bool has_both = !parameters.charge.empty();
        return ParameterError{has_both ? "parameters_exclusive" : "parameter_missing",
                              has_both ? "You may only specify one of these parameters: charge, payment_intent."
                                       : "One of the following params should be provided for this request: "
                                         "payment_intent or charge.",
                              has_both ? "charge" : ""};
    }
    return std::nullopt;
}

Result Stripe::refund(Call& call) {
    const auto& asked = call.parameters;
    Intent* intent = named_intent(call);
    if (intent == nullptr) return no_such_payment(asked);
    const auto parts = split_id(asked.charge, kChargePrefix);
    const auto charge = parts ? parts->second : intent->charges.size() - 1;
    if (auto refused = check_amount(*intent, charge, asked)) return std::move(*refused);
    if (is_declined(call)) return refusal(call, *intent);

    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->changed_us = world_.now_us();
    Refund refund{.created_us = intent->changed_us};
    refund.amount = asked.has_amount ? asked.amount : intent->received() - intent->refunded(charge, false);
    refund.charge = static_cast<std::uint8_t>(charge);
    refund.reason = asked.reason;
    refund.references = references_of(asked, call.request.idempotency_key, *intent);
    merge_metadata(refund.metadata, asked);
    plan(refund, methods()[intent->charges[charge].method].refunds, world_.settings.refund_delay_ms);
    intent->refunds.push_back(std::move(refund));
    world_.truth.changed(*intent);
    const auto index = intent->refunds.size() - 1;
    watch_refund(*intent, index);
    return {.intent = intent, .refund = static_cast<std::int16_t>(index)};
}

Result Stripe::update_refund(Call& call) {
    Intent* intent = named_intent(call);
    const auto parts = split_id(call.id, kRefundPrefix);
    if (intent == nullptr || parts->second >= intent->refunds.size()) return no_such_refund(call.id);
    auto metadata = intent->refunds[parts->second].metadata;
    if (!merge_metadata(metadata, call.parameters)) return too_much_metadata(*intent);
    world_.truth.begin_change(*intent, world_.keeps_before());
    intent->changed_us = world_.now_us();
    intent->refunds[parts->second].metadata = std::move(metadata);
    world_.truth.changed(*intent);
    return {.intent = intent, .refund = static_cast<std::int16_t>(parts->second)};
}

}  // namespace florin::simulator
