// Operations of the tests, made as the use cases make them: decided, judged and journalled by the pure modules.
#include "base/assert.hpp"
#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::OperationKind;
using payments::Outcome;

constexpr std::chrono::hours kHeldFor{7 * 24};

WallTime now() {
    return SystemClock().now();
}

Operation make_creation(MerchantId merchant, OperationKind kind, std::int64_t amount) {
    const WallTime at = now();
    const bool is_sale = kind == OperationKind::sale;
    payments::Payment payment{.id = PaymentId::make(at, bucket_of(merchant.uuid()), false),
                              .merchant = merchant,
                              .amount = Money(amount, kUsd),
                              .amounts = {},
                              .payment_method = "pm_card_visa",
                              .capture = is_sale,
                              .multiple_captures = !is_sale,
                              .description = "a sale",
                              .metadata = {{"order", "4711"}},
                              .return_url = {},
                              .psp = kAccount.psp,
                              .psp_account = kAccount.name,
                              .psp_reference = {},
                              .failure_code = {},
                              .failure_reason = {},
                              .next_action = {},
                              .capture_before = {},
                              .created_at = at,
                              .updated_at = at};
    payments::Attempt attempt = make_attempt(payment, kind, amount);
    attempt.parameters.multiple_captures = !is_sale;
    std::string key = "key-" + to_string(payment.id);
    return {std::move(payment), std::move(attempt), std::move(key)};
}

std::vector<ledger::Journal> journals_of(const payments::Payment& payment, const payments::Attempt& attempt) {
    const ledger::PspAccount& psp = kAccount;
    const ledger::Hold hold{psp, payment.merchant, attempt.amount};
    const auto captured = [&] {
        return ledger::capture_journal({.psp = psp,
                                        .merchant = payment.merchant,
                                        .gross = attempt.amount,
                                        .expected_psp_fee = {290, 30},
                                        .platform_fee = {350, 40}})
            .value();
    };
    const auto all = attempt.amount.minor_units() + attempt.parameters.releases;
    const ledger::Late late{.psp = psp, .amount = attempt.amount, .is_hold = attempt.kind == OperationKind::late_void};
    const ledger::Hold whole{psp, payment.merchant, Money(all, attempt.amount.currency())};
    switch (attempt.kind) {
        case OperationKind::sale:
            return {captured()};
        case OperationKind::authorize:
            return {ledger::authorization_journal(hold).value()};
        case OperationKind::capture:
            return {ledger::release_journal(whole).value(), captured()};
        case OperationKind::void_:
        case OperationKind::expire:
            return {ledger::release_journal(hold).value()};
        case OperationKind::refund:
            return {ledger::refund_journal({psp, payment.merchant, attempt.amount}).value()};
        case OperationKind::capture_failure:
            return {ledger::reversal_journal(ledger::JournalKind::capture_reversal, captured().lines),
                    ledger::authorization_journal(hold).value()};
        case OperationKind::refund_failure:
            return {ledger::reversal_journal(
                ledger::JournalKind::refund_reversal,
                ledger::refund_journal({psp, payment.merchant, attempt.amount}).value().lines)};
        case OperationKind::late_void:
        case OperationKind::late_refund:
            return {ledger::late_charge_journal(late).value(), ledger::late_return_journal(late).value()};
        case OperationKind::late_suspense:
            return {ledger::late_charge_journal(late).value(), ledger::late_suspense_journal(late).value()};
    }
    assertion_failed("an OperationKind outside its enumeration", __FILE__, __LINE__);
}

payments::Judgement judgement_of(Outcome outcome) {
    payments::Judgement judgement;
    judgement.outcome = outcome;
    return judgement;
}

// True where the PSP makes an object for the operation.
bool has_its_own_object(OperationKind kind) {
    return payments::creates_payment(kind) || kind == OperationKind::refund;
}

}  // namespace

payments::Attempt make_attempt(const payments::Payment& payment, OperationKind kind, std::int64_t amount) {
    const WallTime at = now();
    const auto bucket = bucket_of(payment.merchant.uuid());
    return {.operation = OperationId::make(at, bucket, false),
            .payment = payment.id,
            .kind = kind,
            .amount = Money(amount, kUsd),
            .psp = kAccount.psp,
            .psp_account = kAccount.name,
            .actor = "key:test",
            .request = RequestId::make(at, bucket, false)};
}

Operation make_sale(MerchantId merchant, std::int64_t amount) {
    return make_creation(merchant, OperationKind::sale, amount);
}

Operation make_authorization(MerchantId merchant, std::int64_t amount) {
    return make_creation(merchant, OperationKind::authorize, amount);
}

Intent intent_of(const Operation& sale) {
    return {sale.payment, sale.attempt, sale.key, sha256(sale.key), kDurations};
}

std::optional<Reservation> reservation(const payments::Payment& payment, OperationKind kind,
                                       std::optional<std::int64_t> amount) {
    auto decision = payments::decide(payment, {.kind = kind, .amount = amount});
    auto* reserved = std::get_if<payments::Reserved>(&decision);
    if (!reserved) return std::nullopt;
    payments::Attempt attempt = make_attempt(payment, kind, reserved->amount.minor_units());
    attempt.parameters = reserved->parameters;
    std::string key = "key-" + to_string(attempt.operation);
    const Digest fingerprint = sha256(key);
    return Reservation{
        std::move(reserved->payment), std::move(attempt), payment.version, std::move(key), fingerprint, kDurations};
}

Record refusal(const payments::Payment& payment, std::string key) {
    const payments::Attempt attempt = make_attempt(payment, OperationKind::refund, payment.amount.minor_units() + 1);
    Settlement settlement{.attempt = attempt,
                          .outcome = Outcome::declined,
                          .expected_version = payment.version,
                          .step = payments::refused(payment, attempt, {Error::amount_out_of_range, "Too much."}),
                          .reason = "amount_out_of_range",
                          .generation = 1,
                          .needs_generation = false,
                          .actor = "key:test",
                          .now = now()};
    const Digest fingerprint = sha256(key);
    return {std::move(settlement), std::move(key), fingerprint, std::nullopt};
}

Record reversal(const payments::Payment& payment, const payments::Attempt& failed) {
    const auto kind =
        failed.kind == OperationKind::refund ? OperationKind::refund_failure : OperationKind::capture_failure;
    payments::Attempt attempt = make_attempt(payment, kind, failed.amount.minor_units());
    attempt.parameters.reverses = failed.operation;
    attempt.actor = "system:watch";
    Settlement settlement = judged({payment, attempt, ""}, judgement_of(Outcome::approved));
    return {std::move(settlement), "", {}, failed.operation};
}

Settlement judged(const Operation& operation, payments::Judgement judgement, std::int32_t generation) {
    const WallTime at = now();
    const auto& [payment, attempt, key] = operation;
    Settlement settlement{.attempt = attempt,
                          .outcome = judgement.outcome,
                          .expected_version = payment.version,
                          .step = payments::apply(payment, attempt, judgement, at),
                          .evidence = "the PSP said so",
                          .generation = generation,
                          .needs_generation = judgement.outcome == Outcome::not_executed,
                          .actor = "key:test",
                          .now = at};
    if (has_its_own_object(attempt.kind)) settlement.claims_reference = judgement.psp_reference;
    if (judgement.outcome == Outcome::approved) settlement.journals = journals_of(payment, attempt);
    return settlement;
}

Settlement approved(const Operation& operation, std::optional<std::string> reference) {
    const OperationKind kind = operation.attempt.kind;
    payments::Judgement judgement = judgement_of(Outcome::approved);
    judgement.psp_reference = std::move(reference);
    if (!judgement.psp_reference) {
        const std::string prefix = kind == OperationKind::refund ? "re_" : "pi_";
        judgement.psp_reference = has_its_own_object(kind) ? prefix + to_string(operation.attempt.operation.uuid())
                                                           : operation.payment.psp_reference;
    }
    if (kind == OperationKind::authorize) {
        judgement.capture_before = now() + kHeldFor;
        judgement.multiple_captures = true;
    }
    return judged(operation, std::move(judgement));
}

Settlement declined(const Operation& operation) {
    payments::Judgement judgement = judgement_of(Outcome::declined);
    judgement.decline = payments::Decline{payments::DeclineClass::soft, "insufficient_funds", "No funds."};
    return judged(operation, std::move(judgement));
}

Settlement not_executed(const Operation& operation, std::int32_t generation) {
    return judged(operation, judgement_of(Outcome::not_executed), generation);
}

Settlement unknown(const Operation& operation, std::int32_t generation) {
    return judged(operation, judgement_of(Outcome::unknown), generation);
}

NextAttempt next_attempt(const Operation& failed) {
    const WallTime at = now();
    const auto again = [&] {
        if (payments::creates_payment(failed.attempt.kind)) return payments::reopened(failed.payment, at);
        return std::get<payments::Reserved>(payments::reserve_again(failed.payment, failed.attempt)).payment;
    };
    NextAttempt next{failed.attempt, again(), failed.payment.version, kDurations, "key:test", at};
    ++next.attempt.number;
    next.attempt.request = RequestId::make(at, bucket_of(failed.payment.id.uuid()), false);
    return next;
}

Operation after(const Operation& operation, const Settlement& settlement) {
    Operation next = operation;
    next.payment = settlement.step.payment;
    return next;
}

}  // namespace florin::store::test
