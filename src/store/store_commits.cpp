// The writes: each is checked, hashed where the chain covers it, and waits in the queue of the group commit.
#include <algorithm>

#include "base/assert.hpp"
#include "payments/document.hpp"
#include "payments/status.hpp"
#include "store/digest.hpp"
#include "store/state.hpp"
#include "store/statements.hpp"

namespace florin::store {
namespace {

// Sorts as the database sorts: byte for byte.
std::string key_of(const Uuid& id) {
    return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}
std::string key_of(const Intent& intent) {
    return key_of(intent.payment.merchant.uuid()) + (intent.payment.live ? '1' : '0') + intent.key;
}

Digest digest_of(const Settlement& s) {
    if (s.step.http_status != 0) return result_digest(s);
    if (!s.step.change) return {};
    return change_digest({s.step.payment.id, s.attempt.operation, s.attempt.number, s.step.payment.version,
                          *change_of(s), s.actor, s.evidence, s.attempt.request, s.now, s.step.body});
}

Reopening reopening(NextAttempt next) {
    const auto change = change_of(next);
    if (!change) return {std::move(next), {}, {}};
    std::string document = payments::document(next.payment);
    const Digest digest =
        change_digest({next.payment.id, next.attempt.operation, next.attempt.number, next.payment.version, *change,
                       next.attempt.actor, "", next.attempt.request, next.now, document});
    return {std::move(next), digest, std::move(document)};
}

// Our bugs, found before they reach the books. Whether the amounts fit together is the database's to check.
void check(const Settlement& s) {
    FLORIN_ASSERT(s.attempt.payment == s.step.payment.id);
    FLORIN_ASSERT(payments::closes_attempt(s.outcome) == (s.step.http_status != 0));
    const bool is_approved = s.outcome == payments::Outcome::approved;
    // A late charge whose return the PSP declined stays, and is booked as what it is.
    const bool stays_charged =
        payments::answers_late_success(s.attempt.kind) && s.outcome == payments::Outcome::declined;
    FLORIN_ASSERT(s.journals.empty() != (is_approved || stays_charged) && (is_approved || !s.watch));
    FLORIN_ASSERT(!s.late_watch || !is_approved);
    FLORIN_ASSERT(std::ranges::all_of(s.journals, ledger::is_balanced));
    FLORIN_ASSERT(s.outcome != payments::Outcome::not_executed || s.needs_generation);
    const bool stays = s.step.payment.version == s.expected_version;
    FLORIN_ASSERT(stays ? !s.step.change : s.step.payment.version == s.expected_version + 1);
    FLORIN_ASSERT(!s.step.change || !s.step.body.empty());
}

// In the order in which they are posted, hashed and verified.
void sort_journals(Settlement& settlement) {
    std::ranges::sort(settlement.journals, {}, &ledger::Journal::kind);
}

std::shared_ptr<JudgedItem> submit(Committer& committer, Kind kind, Settlement settlement, Claim claim,
                                   Deadline deadline) {
    sort_journals(settlement);
    const Digest digest = digest_of(settlement);
    auto item = std::make_shared<JudgedItem>(key_of(settlement.step.payment.id.uuid()),
                                             Judged{std::move(settlement), digest, std::move(claim)}, deadline);
    committer.submit(kind, item);
    return item;
}

Task<SettlementResult> settled(std::shared_ptr<JudgedItem> item) {
    const Ending ending = co_await JudgedItem::wait(std::move(item));
    if (ending == Ending::won) co_return SettlementResult::won;
    co_return ending == Ending::reference_taken ? SettlementResult::reference_taken : SettlementResult::lost;
}

Task<RecordResult> recorded(std::shared_ptr<JudgedItem> item) {
    const Ending ending = co_await JudgedItem::wait(std::move(item));
    if (ending == Ending::won) co_return RecordResult::won;
    if (ending == Ending::key_taken) co_return RecordResult::key_taken;
    if (ending == Ending::reference_taken) co_return RecordResult::reference_taken;
    co_return ending == Ending::reversed ? RecordResult::reversed : RecordResult::version_moved;
}

}  // namespace

Task<IntentResult> Store::commit(Intent intent, Deadline deadline) {
    auto item = std::make_shared<IntentItem>(key_of(intent), std::move(intent), deadline);
    state_->committer->submit(Kind::intent, item);
    return IntentItem::wait(std::move(item));
}

Task<ReservationResult> Store::commit(Reservation reservation, Deadline deadline) {
    FLORIN_ASSERT(reservation.payment.version == reservation.expected_version + 1);
    FLORIN_ASSERT(reservation.attempt.number == 1 && reservation.attempt.payment == reservation.payment.id);
    auto item = std::make_shared<ReserveItem>(key_of(reservation.payment.id.uuid()), std::move(reservation), deadline);
    state_->committer->submit(Kind::reserve, item);
    return ReserveItem::wait(std::move(item));
}

Task<SettlementResult> Store::commit(Settlement settlement, Deadline deadline) {
    check(settlement);
    const bool closes = settlement.step.http_status != 0;
    FLORIN_ASSERT(!closes || settlement.step.payment.version != settlement.expected_version);
    const Kind kind = closes ? Kind::settle : Kind::keep_open;
    return settled(submit(*state_->committer, kind, std::move(settlement), {}, deadline));
}

Task<NextAttemptResult> Store::commit(NextAttempt next, Deadline deadline) {
    FLORIN_ASSERT(next.payment.version == next.expected_version + 1 && next.attempt.number > 1);
    auto key = key_of(next.payment.id.uuid());
    auto item = std::make_shared<NextItem>(std::move(key), reopening(std::move(next)), deadline);
    state_->committer->submit(Kind::next_attempt, item);
    return NextItem::wait(std::move(item));
}

Task<SettlementResult> Store::commit(Adoption adoption, Deadline deadline) {
    check(adoption.settlement);
    FLORIN_ASSERT(adoption.settlement.outcome == payments::Outcome::approved &&
                  adoption.settlement.attempt.number == adoption.late_attempt + 1);
    return settled(submit(*state_->committer, Kind::adopt, std::move(adoption.settlement), {}, deadline));
}

// Moves the version, so that of two that try one wins.
Task<SettlementResult> Store::commit(RefusedRepeat refused, Deadline deadline) {
    const auto& settlement = refused.settlement;
    check(settlement);
    FLORIN_ASSERT(settlement.outcome == payments::Outcome::declined && settlement.attempt.number > 1);
    FLORIN_ASSERT(settlement.step.payment.version == settlement.expected_version + 1 && !settlement.step.change);
    FLORIN_ASSERT(!settlement.claims_reference);
    return settled(submit(*state_->committer, Kind::adopt, std::move(refused.settlement), {}, deadline));
}

Task<CompensationResult> Store::commit(Compensation compensation, Deadline deadline) {
    FLORIN_ASSERT(compensation.payment.version == compensation.expected_version + 1);
    FLORIN_ASSERT(compensation.attempt.number == 1 && compensation.attempt.payment == compensation.payment.id);
    FLORIN_ASSERT(compensation.attempt.parameters.late.has_value());
    auto item =
        std::make_shared<CompensateItem>(key_of(compensation.payment.id.uuid()), std::move(compensation), deadline);
    state_->committer->submit(Kind::compensate, item);
    return CompensateItem::wait(std::move(item));
}

Task<RecordResult> Store::commit(Record record, Deadline deadline) {
    check(record.settlement);
    FLORIN_ASSERT(record.settlement.step.http_status != 0 && record.settlement.attempt.number == 1);
    // Exactly one claim, so that an item is written whole or not at all; a reference was claimed by what is reversed.
    FLORIN_ASSERT(int(!record.key.empty()) + int(record.reverses.has_value()) + int(record.late.has_value()) == 1);
    FLORIN_ASSERT(!record.settlement.claims_reference);
    Claim claim{std::move(record.key), record.fingerprint, record.reverses, std::move(record.late)};
    return recorded(submit(*state_->committer, Kind::record, std::move(record.settlement), std::move(claim), deadline));
}

}  // namespace florin::store
