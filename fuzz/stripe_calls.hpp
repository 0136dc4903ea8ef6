// The calls whose answers are fuzzed: one payment of 10.00 USD, held and then captured, released or refunded.
#pragma once

#include "fuzz/property.hpp"
#include "psp/psp.hpp"

namespace florin::fuzz {

inline psp::Call creation(bool several_captures, payments::OperationKind kind) {
    return {.kind = kind,
            .payment = *PaymentId::parse("pay_01920000-0000-7000-8000-000000000001"),
            .operation = *OperationId::parse("op_01920000-0000-7000-8000-000000000002"),
            .attempt = 1,
            .encoder_version = 1,
            .amount = Money{1000, kUsd},
            .parameters = {.multiple_captures = several_captures},
            .payment_method = "pm_card_visa"};
}

inline psp::Call modification(payments::OperationKind kind, std::int64_t amount, payments::Parameters parameters = {}) {
    return {.kind = kind,
            .payment = *PaymentId::parse("pay_01920000-0000-7000-8000-000000000001"),
            .operation = *OperationId::parse("op_01920000-0000-7000-8000-000000000101"),
            .attempt = 1,
            .encoder_version = 1,
            .amount = Money{amount, kUsd},
            .parameters = std::move(parameters),
            .payment_reference = "pi_1",
            .payment_amount = Money{1000, kUsd}};
}

inline psp::Call call_of(char choice) {
    using enum payments::OperationKind;
    switch (static_cast<unsigned char>(choice) % 8) {
        case 0:
            return creation(false, sale);
        case 1:
            return creation(false, authorize);
        case 2:
            return creation(true, authorize);
        case 3:
            return modification(capture, 600, {.final = true, .releases = 400});
        case 4:
            return modification(capture, 600);
        case 5:
            return modification(void_, 1000);
        case 6:
            return modification(expire, 1000);
        default:
            return modification(refund, 400);
    }
}

}  // namespace florin::fuzz
