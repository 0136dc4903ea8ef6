#include "flow/settlement.hpp"

#include <stdexcept>

#include "base/assert.hpp"
#include "flow/late_watch.hpp"
#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;
using payments::Outcome;

ledger::FeeRule psp_fee(const PspAccount& account, Currency currency) {
    const auto found = account.fees.find(std::string(currency.code()));
    return found == account.fees.end() ? account.default_fee : found->second;
}

// Stays open, with an error line at each try, until the operator has mended the fees: what was done at the PSP is never
// left unbooked.
ledger::Journal must(Result<ledger::Journal> journal, const payments::Attempt& attempt) {
    if (journal) return std::move(*journal);
    throw std::runtime_error("the journal of " + to_string(attempt.operation) +
                             " cannot be drawn up: " + std::string(to_string(journal.error())));
}

Result<ledger::Journal> capture_journal(const PspAccount& account, const Verdict& verdict) {
    FLORIN_ASSERT(verdict.platform_fee.has_value());
    const auto amount = verdict.attempt.amount;
    return ledger::capture_journal({.psp = account.account,
                                    .merchant = verdict.payment.merchant,
                                    .gross = amount,
                                    .expected_psp_fee = psp_fee(account, amount.currency()),
                                    .platform_fee = *verdict.platform_fee});
}

ledger::Late late_of(const PspAccount& account, const Verdict& verdict) {
    const auto amount = verdict.attempt.amount;
    const bool is_hold = verdict.attempt.kind == OperationKind::late_void;
    return {.psp = account.account,
            .amount = amount,
            .is_hold = is_hold,
            .expected_psp_fee = is_hold ? ledger::FeeRule{} : psp_fee(account, amount.currency())};
}

// What a success books. A capture of what was held also releases that, and with `final` the rest.
std::vector<ledger::Journal> journals_of(const PspAccount& account, const Verdict& verdict) {
    const auto& attempt = verdict.attempt;
    const auto hold = [&](Money amount) {
        return ledger::Hold{.psp = account.account, .merchant = verdict.payment.merchant, .amount = amount};
    };
    const auto book = [&](auto... journals) { return std::vector{must(std::move(journals), attempt)...}; };
    switch (attempt.kind) {
        case OperationKind::sale:
            return book(capture_journal(account, verdict));
        case OperationKind::authorize:
            return book(ledger::authorization_journal(hold(attempt.amount)));
        case OperationKind::capture: {
            const auto amount = add(attempt.amount, Money{attempt.parameters.releases, attempt.amount.currency()});
            FLORIN_ASSERT(amount.has_value());
            return book(capture_journal(account, verdict), ledger::release_journal(hold(*amount)));
        }
        case OperationKind::void_:
        case OperationKind::expire:
            return book(ledger::release_journal(hold(attempt.amount)));
        case OperationKind::refund:
            return book(ledger::refund_journal(
                {.psp = account.account, .merchant = verdict.payment.merchant, .amount = attempt.amount}));
        case OperationKind::late_void:
        case OperationKind::late_refund:
            return book(ledger::late_charge_journal(late_of(account, verdict)),
                        ledger::late_return_journal(late_of(account, verdict)));
        case OperationKind::capture_failure:
        case OperationKind::refund_failure:
        case OperationKind::late_suspense:
            break;
    }
    assertion_failed("what is only recorded has no PSP call to settle", __FILE__, __LINE__);
}

// A late charge whose return was declined: it stays, and nobody knows yet whose it is.
std::vector<ledger::Journal> suspended(const PspAccount& account, const Verdict& verdict) {
    const auto late = late_of(account, verdict);
    return {must(ledger::late_charge_journal(late), verdict.attempt),
            must(ledger::late_suspense_journal(late), verdict.attempt)};
}

// A success that the PSP may take back is looked at again, as its table says.
std::optional<store::Watch> watch_of(const psp::Rules& rules, OperationKind kind) {
    const auto* looks = looks_of(rules, kind);
    if (looks == nullptr || looks->empty()) return std::nullopt;
    return store::Watch{.first_look = looks->front(), .until = looks->back()};
}

// Rule 25: closed without success by nothing but time, or by a person.
bool lacks_proof(const Verdict& verdict) {
    if (verdict.judgement.outcome == Outcome::declined) return verdict.is_word;
    return verdict.judgement.outcome == Outcome::not_executed && (verdict.is_word || verdict.closed_by_time);
}

std::optional<std::string> reason_of(const Verdict& verdict) {
    if (verdict.judgement.decline) return verdict.judgement.decline->code;
    if (verdict.judgement.outcome == Outcome::not_executed) return verdict.evidence;
    return std::nullopt;
}

}  // namespace

const std::vector<Milliseconds>* looks_of(const psp::Rules& rules, OperationKind kind) {
    if (kind == OperationKind::refund || kind == OperationKind::late_refund) return &rules.refund_looks;
    if (kind == OperationKind::capture) return &rules.capture_looks;
    return nullptr;
}

store::Settlement settlement_of(const Services& services, const Verdict& verdict, bool holds_lease) {
    const auto& judgement = verdict.judgement;
    const auto now = services.clock.now();
    const bool stays_open = !payments::closes_attempt(judgement.outcome);
    const bool releases = stays_open && holds_lease;
    store::Settlement settlement{
        .attempt = verdict.attempt,
        .outcome = judgement.outcome,
        .expected_version = verdict.payment.version,
        .step = payments::apply(verdict.payment, verdict.attempt, judgement, now),
        .reason = reason_of(verdict),
        .evidence = verdict.evidence,
        .claims_reference = std::nullopt,
        .generation = verdict.generation,
        .needs_generation = releases || verdict.is_word || judgement.outcome == Outcome::not_executed,
        .next_try = releases ? std::optional(verdict.next_try) : std::nullopt,
        .park = releases && verdict.park,
        .fences = verdict.fences,
        .actor = verdict.actor,
        .now = now};
    const auto* account = services.psps.find(account_of(verdict.attempt));
    if (judgement.outcome == Outcome::approved) {
        FLORIN_ASSERT(account != nullptr);
        settlement.journals = journals_of(*account, verdict);
        settlement.watch = watch_of(account->psp->rules(), verdict.attempt.kind);
    }
    if (judgement.outcome == Outcome::declined && payments::answers_late_success(verdict.attempt.kind)) {
        FLORIN_ASSERT(account != nullptr);
        settlement.journals = suspended(*account, verdict);
    }
    if (lacks_proof(verdict) && account != nullptr) settlement.late_watch = late_watch_of(account->psp->rules());
    // An unclear answer may name what is not ours; a claim is for ever.
    const bool is_sure = judgement.outcome != Outcome::unknown;
    if (is_sure && creates_object(verdict.attempt.kind)) settlement.claims_reference = judgement.psp_reference;
    return settlement;
}

std::optional<store::StoredResult> result_of(const payments::Step& step, Outcome outcome) {
    if (step.http_status == 0) return std::nullopt;
    return store::StoredResult{.outcome = outcome, .http_status = step.http_status, .body = step.body};
}

}  // namespace florin::flow
