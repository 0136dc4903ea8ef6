#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;

constexpr const char* kDuplicate = "duplicate";  // one of the words that Stripe knows

payments::Payment new_payment(const Command& command, const PspAccount& account, WallTime now) {
    const auto& merchant = command.credential.merchant->id;
    const auto& request = std::get<payments::CreateRequest>(command.request);
    return payments::Payment{.id = PaymentId::make(now, bucket_of(merchant.uuid()), command.credential.live),
                             .merchant = merchant,
                             .live = command.credential.live,
                             .amount = request.amount,
                             .amounts = {},
                             .payment_method = request.payment_method,
                             .capture = request.capture,
                             .multiple_captures = request.multiple_captures,
                             .description = request.description,
                             .metadata = request.metadata,
                             .return_url = request.return_url,
                             .psp = account.account.psp,
                             .psp_account = account.account.name,
                             .psp_reference = std::nullopt,
                             .failure_code = std::nullopt,
                             .failure_reason = std::nullopt,
                             .next_action = std::nullopt,
                             .capture_before = std::nullopt,
                             .created_at = now,
                             .updated_at = now};
}

// As attempt n+1: who asks is who repeats.
payments::Attempt following(const Command& command, payments::Attempt attempt) {
    attempt.number = static_cast<std::int16_t>(attempt.number + 1);
    attempt.actor = actor_of(command);
    attempt.request = command.request_id;
    return attempt;
}

store::Settlement refusal_of(const payments::Payment& payment, payments::Attempt attempt, const Refusal& refusal,
                             WallTime now) {
    auto step = payments::refused(payment, attempt, refusal);
    const auto actor = attempt.actor;
    return {.attempt = std::move(attempt),
            .outcome = payments::Outcome::declined,
            .expected_version = payment.version,
            .step = std::move(step),
            .reason = std::string(to_string(refusal.error)),
            .evidence = "refused before the PSP was asked",
            .generation = 1,
            .needs_generation = false,
            .actor = actor,
            .now = now};
}

}  // namespace

store::Intent intent_of(const Command& command, const PspAccount& account, const FlowOptions& options, WallTime now) {
    auto payment = new_payment(command, account, now);
    const auto kind = payment.capture ? OperationKind::sale : OperationKind::authorize;
    payments::Parameters parameters;
    parameters.multiple_captures = payment.multiple_captures;
    auto attempt = attempt_of(payment, account,
                              {.kind = kind,
                               .amount = payment.amount,
                               .parameters = std::move(parameters),
                               .actor = actor_of(command),
                               .request = command.request_id},
                              now);
    return store::Intent{.payment = std::move(payment),
                         .attempt = std::move(attempt),
                         .key = command.key,
                         .fingerprint = command.fingerprint,
                         .durations = durations_of(options, kind, account.psp->rules())};
}

payments::Attempt attempt_of(const payments::Payment& payment, const PspAccount& account, Asked asked, WallTime now) {
    return payments::Attempt{.operation = OperationId::make(now, bucket_of(payment.merchant.uuid()), payment.live),
                             .payment = payment.id,
                             .kind = asked.kind,
                             .amount = asked.amount,
                             .parameters = std::move(asked.parameters),
                             .psp = account.account.psp,
                             .psp_account = account.account.name,
                             .actor = std::move(asked.actor),
                             .request = asked.request};
}

store::Reservation reservation_of(const payments::Payment& read, payments::Payment reserved, payments::Attempt attempt,
                                  const PspAccount& account, const FlowOptions& options) {
    const auto kind = attempt.kind;
    return store::Reservation{.payment = std::move(reserved),
                              .attempt = std::move(attempt),
                              .expected_version = read.version,
                              .key = {},
                              .durations = durations_of(options, kind, account.psp->rules())};
}

store::Record refusal_record(const Command& command, const payments::Payment& read, payments::Attempt attempt,
                             const Refusal& refusal, WallTime now) {
    return {.settlement = refusal_of(read, std::move(attempt), refusal, now),
            .key = command.key,
            .fingerprint = command.fingerprint};
}

store::RefusedRepeat refused_repeat(const Command& command, store::StoredOperation stored, const Refusal& refusal,
                                    WallTime now) {
    const auto expected_version = stored.payment.version++;
    auto settlement = refusal_of(stored.payment, following(command, std::move(stored.attempt)), refusal, now);
    settlement.expected_version = expected_version;
    return {.settlement = std::move(settlement)};
}

store::NextAttempt next_attempt(const Command& command, const PspAccount& account, const FlowOptions& options,
                                payments::Attempt attempt, payments::Payment payment, WallTime now) {
    const auto kind = attempt.kind;
    attempt = following(command, std::move(attempt));
    attempt.psp = account.account.psp;
    attempt.psp_account = account.account.name;
    payment.psp = attempt.psp;
    payment.psp_account = attempt.psp_account;
    const auto expected_version = payment.version - 1;
    return store::NextAttempt{.attempt = std::move(attempt),
                              .payment = std::move(payment),
                              .expected_version = expected_version,
                              .durations = durations_of(options, kind, account.psp->rules()),
                              .actor = actor_of(command),
                              .now = now};
}

psp::Call call_of(const payments::Payment& payment, const payments::Attempt& attempt) {
    psp::Call call{.kind = attempt.kind,
                   .payment = payment.id,
                   .operation = attempt.operation,
                   .attempt = attempt.number,
                   .encoder_version = attempt.encoder_version,
                   .amount = attempt.amount,
                   .parameters = attempt.parameters};
    // To the PSP it is a plain release or refund, of the object that shows the late success.
    if (const auto& late = attempt.parameters.late) {
        call.kind = attempt.kind == OperationKind::late_void ? OperationKind::void_ : OperationKind::refund;
        call.parameters = {.reason = kDuplicate};
        call.payment_reference = late->reference;
        call.payment_amount = payment.amount;
    } else if (payments::creates_payment(attempt.kind)) {
        call.payment_method = payment.payment_method;
        call.description = payment.description;
        call.return_url = payment.return_url;
    } else {
        call.payment_reference = payment.psp_reference;
        call.payment_amount = payment.amount;
    }
    return call;
}

bool creates_object(OperationKind kind) {
    return payments::creates_payment(kind) || kind == OperationKind::refund || kind == OperationKind::late_refund;
}

std::string differing_field(const Command& command, const payments::Payment& payment,
                            const payments::Attempt& attempt) {
    if (const auto* create = std::get_if<payments::CreateRequest>(&command.request)) {
        if (!payments::creates_payment(attempt.kind)) return "";
        return payments::differing_field(*create, payment, attempt.parameters);
    }
    const auto& modification = std::get<Modification>(command.request);
    const bool same_path = modification.request.kind == attempt.kind && modification.payment.id == attempt.payment;
    return same_path ? payments::differing_field(modification.request, attempt) : "";
}

std::string actor_of(const Command& command) {
    return "key:" + to_string(command.credential.key);
}

store::Durations durations_of(const FlowOptions& options, OperationKind kind, const psp::Rules& rules) {
    // Rule 16: giving back is never too late while the PSP knows the key.
    const bool gives_back = kind == OperationKind::void_ || kind == OperationKind::refund ||
                            kind == OperationKind::expire || payments::answers_late_success(kind);
    return {.lease = options.lease,
            .call = options.psp_deadline,
            .execute = gives_back ? rules.safe_age : options.execute_for};
}

store::Store::Ages ages_of(const psp::Rules& rules) {
    return {.safe_age = rules.safe_age,
            .longest_request = rules.longest_request,
            .read_lag = rules.read_lag,
            .clock_error = rules.clock_error,
            .repeats_are_safe = rules.repeats_are_safe()};
}

}  // namespace florin::flow
