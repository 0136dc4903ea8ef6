#include "flow/settlement.hpp"

#include <stdexcept>

#include "base/assert.hpp"

namespace florin::flow {
namespace {

using payments::Outcome;

ledger::FeeRule psp_fee(const PspAccount& account, Currency currency) {
    const auto found = account.fees.find(std::string(currency.code()));
    return found == account.fees.end() ? account.default_fee : found->second;
}

ledger::Journal journal_of(const Services& services, const Verdict& verdict) {
    const auto* account = services.psps.find(verdict.attempt);
    FLORIN_ASSERT(account != nullptr && verdict.platform_fee.has_value());
    const auto amount = verdict.attempt.amount;
    auto journal = ledger::capture_journal({.psp = account->account,
                                            .merchant = verdict.payment.merchant,
                                            .gross = amount,
                                            .expected_psp_fee = psp_fee(*account, amount.currency()),
                                            .platform_fee = *verdict.platform_fee});
    // Stays open, with an error line at each try, until the operator has mended the fees: a charge is never left
    // unbooked.
    if (!journal) throw std::runtime_error("fees of " + verdict.attempt.psp_account + " cannot be computed");
    return std::move(*journal);
}

std::optional<std::string> reason_of(const Verdict& verdict) {
    if (verdict.judgement.decline) return verdict.judgement.decline->code;
    if (verdict.judgement.outcome == Outcome::not_executed) return verdict.evidence;
    return std::nullopt;
}

}  // namespace

store::Settlement settlement_of(const Services& services, const Verdict& verdict, bool holds_lease) {
    const auto& judgement = verdict.judgement;
    const auto now = services.clock.now();
    const bool stays_open = !payments::closes_attempt(judgement.outcome);
    const bool releases = stays_open && holds_lease;
    store::Settlement settlement{.attempt = verdict.attempt,
                                 .outcome = judgement.outcome,
                                 .expected_version = verdict.payment.version,
                                 .step = payments::apply(verdict.payment, verdict.attempt, judgement, now),
                                 .journal = std::nullopt,
                                 .reason = reason_of(verdict),
                                 .evidence = verdict.evidence,
                                 .claims_reference = std::nullopt,
                                 .generation = verdict.generation,
                                 .needs_generation = releases || judgement.outcome == Outcome::not_executed,
                                 .next_try = releases ? std::optional(verdict.next_try) : std::nullopt,
                                 .fences = verdict.fences,
                                 .actor = verdict.actor,
                                 .now = now};
    if (judgement.outcome == Outcome::approved) settlement.journal = journal_of(services, verdict);
    // An unclear answer may name what is not ours; a claim is for ever.
    if (judgement.outcome != Outcome::unknown) settlement.claims_reference = judgement.psp_reference;
    return settlement;
}

std::optional<store::StoredResult> result_of(const payments::SaleStep& step, Outcome outcome) {
    if (step.http_status == 0) return std::nullopt;
    return store::StoredResult{.outcome = outcome, .http_status = step.http_status, .body = step.body};
}

}  // namespace florin::flow
