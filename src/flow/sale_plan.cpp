#include "flow/sale_plan.hpp"

namespace florin::flow {
namespace {

payments::Payment new_payment(const CreateCommand& command, const PspAccount& account, WallTime now) {
    const auto& merchant = command.credential.merchant->id;
    const auto& request = command.request;
    return payments::Payment{.id = PaymentId::make(now, bucket_of(merchant.uuid()), command.credential.live),
                             .merchant = merchant,
                             .live = command.credential.live,
                             .amount = request.amount,
                             .amounts = {},
                             .payment_method = request.payment_method,
                             .capture = request.capture,
                             .description = request.description,
                             .metadata = request.metadata,
                             .return_url = request.return_url,
                             .psp = account.account.psp,
                             .psp_reference = std::nullopt,
                             .failure_code = std::nullopt,
                             .failure_reason = std::nullopt,
                             .next_action = std::nullopt,
                             .capture_before = std::nullopt,
                             .created_at = now,
                             .updated_at = now};
}

payments::Attempt attempt_of(const CreateCommand& command, const PspAccount& account, const payments::Payment& payment,
                             OperationId operation, std::int16_t number) {
    return payments::Attempt{.operation = operation,
                             .number = number,
                             .payment = payment.id,
                             .amount = payment.amount,
                             .psp = account.account.psp,
                             .psp_account = account.account.name,
                             .actor = "key:" + to_string(command.credential.key),
                             .request = command.request_id};
}

}  // namespace

store::Intent sale_intent(const CreateCommand& command, const PspAccount& account, const FlowOptions& options,
                          WallTime now) {
    auto payment = new_payment(command, account, now);
    const auto operation = OperationId::make(now, bucket_of(payment.merchant.uuid()), payment.live);
    auto attempt = attempt_of(command, account, payment, operation, 1);
    return store::Intent{.payment = std::move(payment),
                         .attempt = std::move(attempt),
                         .key = command.key,
                         .fingerprint = command.fingerprint,
                         .durations = durations_of(options)};
}

store::NextAttempt next_attempt(const CreateCommand& command, const PspAccount& account, const FlowOptions& options,
                                const store::StoredOperation& stored, WallTime now) {
    auto payment = payments::reopened(stored.payment, now);
    payment.psp = account.account.psp;
    const auto number = static_cast<std::int16_t>(stored.attempt.number + 1);
    auto attempt = attempt_of(command, account, payment, stored.attempt.operation, number);
    const auto actor = attempt.actor;
    return store::NextAttempt{.attempt = std::move(attempt),
                              .payment = std::move(payment),
                              .expected_version = stored.payment.version,
                              .durations = durations_of(options),
                              .actor = actor,
                              .now = now};
}

psp::SaleCall sale_call(const payments::Payment& payment, const payments::Attempt& attempt) {
    return psp::SaleCall{.payment = payment.id,
                         .operation = attempt.operation,
                         .attempt = attempt.number,
                         .encoder_version = attempt.encoder_version,
                         .amount = attempt.amount,
                         .payment_method = payment.payment_method,
                         .description = payment.description,
                         .return_url = payment.return_url};
}

store::Durations durations_of(const FlowOptions& options) {
    return {.lease = options.lease, .call = options.psp_deadline, .execute = options.execute_for};
}

store::Store::Ages ages_of(const psp::Rules& rules) {
    return {.safe_age = rules.safe_age,
            .longest_request = rules.longest_request,
            .read_lag = rules.read_lag,
            .clock_error = rules.clock_error,
            .repeats_are_safe = rules.repeats_are_safe};
}

}  // namespace florin::flow
