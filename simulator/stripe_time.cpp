// What happens at Stripe by itself, when the simulator's clock has come to it.
#include <algorithm>

#include "simulator/stripe.hpp"

namespace florin::simulator {

void Stripe::watch(Intent& intent) {
    if (intent.status == Status::requires_action) {
        due_.push({intent.challenge_began_us + world_.settings.abandon_after_ms * 1'000, &intent, kNoRefund,
                   intent.challenge_began_us});
    } else if (intent.status == Status::requires_capture) {
        const auto ends_us = intent.charges.back().capture_before_s * 1'000'000;
        due_.push({ends_us + world_.settings.expiry_delay_ms * 1'000, &intent, kNoRefund, 0});
    }
}

void Stripe::watch_refund(Intent& intent, std::size_t index) {
    const auto due_us = intent.refunds[index].due_us;
    if (due_us != 0) due_.push({due_us, &intent, static_cast<std::int16_t>(index), 0});
}

void Stripe::resume() {
    for (Intent& intent : world_.truth.intents()) {
        watch(intent);
        for (std::size_t i = 0; i < intent.refunds.size(); ++i) watch_refund(intent, i);
    }
}

void Stripe::pass_time() {
    if (due_.empty()) return;
    const auto now = world_.now_us();
    while (!due_.empty() && due_.top().at_us <= now) {
        const Due due = due_.top();
        due_.pop();
        pass(due);
    }
}

// What was planned may not apply any more: the payer answered, the merchant captured.
void Stripe::pass(const Due& due) {
    Intent& intent = *due.intent;
    if (due.refund != kNoRefund) return settle_refund(intent, static_cast<std::size_t>(due.refund));
    const bool is_abandoned = intent.status == Status::requires_action && intent.challenge_began_us == due.challenge;
    const bool is_expired =
        intent.status == Status::requires_capture && intent.charges.back().capture_before_s * 1'000'000 <= due.at_us;
    if (is_abandoned || is_expired) end(intent, due.at_us);
}

// Nobody answered the challenge, or nobody captured.
void Stripe::end(Intent& intent, std::int64_t at_us) {
    world_.truth.begin();
    world_.truth.begin_change(intent, world_.keeps_before());
    if (const auto rest = intent.capturable(); rest > 0) {
        intent.movements.push_back({Movement::Kind::expiry, at_us, rest, {references_of(intent).payment, {}}});
    }
    intent.changed_us = at_us;
    close(intent, at_us, kAutomatic);
    world_.truth.changed(intent);
    world_.truth.commit();
}

void Stripe::settle_refund(Intent& intent, std::size_t index) {
    world_.truth.begin();
    world_.truth.begin_change(intent, world_.keeps_before());
    Refund& refund = intent.refunds[index];
    intent.changed_us = refund.due_us;
    refund.status = refund.later;
    refund.due_us = 0;
    world_.truth.changed(intent);
    world_.truth.commit();
}

}  // namespace florin::simulator
