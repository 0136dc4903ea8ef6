// Payments and attempts as the unit tests need them.
#pragma once

#include "payments/operation.hpp"

namespace florin::payments {

inline const WallTime kCreated = *parse_time("2026-03-13T10:00:00.123Z");
inline const WallTime kLater = kCreated + std::chrono::seconds(2);
inline const WallTime kCaptureBefore = *parse_time("2026-03-20T10:00:00.000Z");

inline Payment payment_of(Money amount) {
    return {.id = *PaymentId::parse("pay_0195f000-0000-7000-8014-000000000001"),
            .merchant = *MerchantId::parse("mer_0195f000-0000-7000-8014-000000000002"),
            .amount = amount,
            .amounts = {},
            .payment_method = "pm_card_visa",
            .description = {},
            .metadata = {},
            .return_url = {},
            .psp = "stripe",
            .psp_reference = {},
            .failure_code = {},
            .failure_reason = {},
            .next_action = {},
            .capture_before = {},
            .created_at = kCreated,
            .updated_at = kCreated};
}

inline Attempt attempt_of(const Payment& payment, OperationKind kind, std::int64_t amount, Parameters parameters = {}) {
    return {.operation = *OperationId::parse("op_0195f000-0001-7000-8014-000000000004"),
            .payment = payment.id,
            .kind = kind,
            .amount = Money(amount, payment.amount.currency()),
            .parameters = std::move(parameters),
            .psp = "stripe",
            .psp_account = "main",
            .actor = "key:key_1",
            .request = *RequestId::parse("req_0195f000-0000-7000-8014-000000000003")};
}

// An authorized payment whose amounts are then as given; nothing else of it is that of a real one.
inline Payment payment_with(const Amounts& amounts, bool multiple_captures = false) {
    Payment payment = payment_of(Money(amounts.authorized, kEur));
    payment.amounts = amounts;
    payment.capture = false;
    payment.multiple_captures = multiple_captures;
    payment.psp_reference = "pi_1";
    payment.capture_before = kCaptureBefore;
    payment.version = 2;
    payment.status = derive_status(amounts, AttemptState::succeeded);
    return payment;
}

inline Judgement judged(Outcome outcome) {
    Judgement judgement{.outcome = outcome, .psp_reference = {}, .decline = {}, .next_action = {}};
    if (outcome == Outcome::declined) {
        judgement.decline = {DeclineClass::soft, "insufficient_funds", "The card has insufficient funds."};
    }
    return judgement;
}

// An approval of an authorization, with what it must say.
inline Judgement granted(bool multiple_captures = false) {
    Judgement judgement = judged(Outcome::approved);
    judgement.psp_reference = "pi_1";
    judgement.capture_before = kCaptureBefore;
    judgement.multiple_captures = multiple_captures;
    return judgement;
}

}  // namespace florin::payments
