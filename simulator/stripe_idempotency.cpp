// Idempotency as Stripe documents it (docs.stripe.com/api/idempotent_requests): the first result of an execution is
// stored, whatever its status, and replayed; refused parameters and concurrent use store nothing.
#include <algorithm>

#include "simulator/stripe.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {

StoredAnswer* Stripe::find_stored(const std::string& key) {
    if (key.empty() || world_.settings.idempotency == IdempotencyMode::none) return nullptr;
    StoredAnswer* stored = world_.truth.find_answer(key);
    if (stored == nullptr) return nullptr;
    // Of the time before the mode was set.
    if (world_.settings.idempotency == IdempotencyMode::store_2xx_only && stored->status >= 300) return nullptr;
    const bool is_expired = world_.now_us() - stored->stored_us >= world_.settings.key_life_ms * 1'000;
    return is_expired ? nullptr : stored;
}

void Stripe::answer_from_store(const Call& call, const StoredAnswer& stored, std::uint64_t fingerprint,
                               Answer& answer) const {
    if (stored.fingerprint != fingerprint) {
        return fill_error(answer, 400, "idempotency_error", {},
                          "Keys for idempotent requests can only be used with the same parameters they were first used "
                          "with. Try using a key other than '" +
                              std::string(call.request.idempotency_key) +
                              "' if you meant to execute a different request.");
    }
    if (monotonic_us() < stored.busy_until_us) {
        return fill_error(
            answer, 409, "idempotency_error", "idempotency_key_in_use",
            "There is currently another in-progress request using this Idempotent Key (that probably means "
            "you submitted twice, and the other request is still going through): " +
                std::string(call.request.idempotency_key) + ". Please try again later.");
    }
    answer.add_header("Idempotent-Replayed", "true");
    Result result{.status = stored.status, .intent = stored.intent, .refund = stored.refund, .body = stored.body};
    render(answer, call, result);
}

void Stripe::store(const Call& call, const std::string& key, std::uint64_t fingerprint, const Result& result,
                   std::int64_t delay_us) {
    const auto mode = world_.settings.idempotency;
    if (mode == IdempotencyMode::none || (mode == IdempotencyMode::store_2xx_only && result.status >= 300)) return;
    if (result.is_unstored) return;
    StoredAnswer stored{.key = key, .fingerprint = fingerprint, .stored_us = world_.now_us()};
    const auto busy_us = mode == IdempotencyMode::in_flight ? world_.settings.key_busy_ms * 1'000 : 0;
    stored.busy_until_us = delay_us + busy_us == 0 ? 0 : monotonic_us() + delay_us + busy_us;
    stored.status = static_cast<std::int16_t>(result.status);
    stored.expand = call.parameters.expand;
    stored.refund = result.refund;
    if (result.body.empty() && result.intent != nullptr) stored.intent = result.intent;
    stored.body = result.body;
    world_.truth.store(std::move(stored));
}

// A falsified answer shows a changed copy: what is stored stays true.
void Stripe::render(Answer& answer, const Call& call, const Result& result) const {
    answer.status = result.status;
    if (!result.body.empty() || result.intent == nullptr) {
        answer.body = result.body;
        return;
    }
    const auto action = call.fault == nullptr ? Action::none : call.fault->action;
    const auto expand = call.parameters.expand;
    if (!falsifies(action)) return render_object(answer.body, *result.intent, result.refund, expand);
    const bool is_refund = result.refund != kNoRefund;
    const auto lie = shown_instead(*result.intent, is_refund, action);
    const auto newest = static_cast<std::int16_t>(static_cast<std::int16_t>(lie.refunds.size()) - 1);
    render_object(answer.body, lie, is_refund ? std::min(result.refund, newest) : kNoRefund, expand);
}

}  // namespace florin::simulator
