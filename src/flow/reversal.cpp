#include "flow/reversal.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/fail_point.hpp"
#include "flow/compensation.hpp"
#include "flow/late_failures.hpp"
#include "flow/operation_plan.hpp"
#include "observe/log.hpp"

namespace florin::flow {
namespace {

using ledger::JournalKind;
using payments::OperationKind;
using payments::Outcome;
using store::RecordResult;

constexpr Milliseconds kWithin{10'000};

OperationKind failure_of(OperationKind kind) {
    return kind == OperationKind::refund ? OperationKind::refund_failure : OperationKind::capture_failure;
}

std::vector<ledger::Line> posted_lines(const std::vector<store::LedgerRow>& rows, OperationId operation,
                                       JournalKind kind) {
    std::vector<ledger::Line> lines;
    for (const auto& row : rows) {
        if (row.operation != operation || row.kind != ledger::to_string(kind)) continue;
        auto account = ledger::parse_account(row.account);
        if (!account) throw std::runtime_error("an entry stands on an unknown account: " + row.account);
        lines.push_back({.account = std::move(*account), .amount = row.amount});
    }
    if (lines.empty()) throw std::runtime_error("nothing is posted for " + to_string(operation));
    return lines;
}

// What was booked, with the opposite sign, fees included. A capture that was taken back is held again.
Task<std::vector<ledger::Journal>> reversals_of(const Services& services, payments::Payment payment,
                                                payments::Attempt failed) {
    const auto rows = co_await services.store.ledger_of(payment.id, Deadline::after(kWithin));
    std::vector<ledger::Journal> journals;
    if (failed.kind == OperationKind::refund) {
        journals.push_back(ledger::reversal_journal(JournalKind::refund_reversal,
                                                    posted_lines(rows, failed.operation, JournalKind::refund)));
        co_return journals;
    }
    journals.push_back(ledger::reversal_journal(JournalKind::capture_reversal,
                                                posted_lines(rows, failed.operation, JournalKind::capture)));
    auto held =
        ledger::authorization_journal({.psp = {.psp = failed.psp, .name = failed.psp_account, .live = payment.live},
                                       .merchant = payment.merchant,
                                       .amount = failed.amount});
    if (!held) throw std::runtime_error("what " + to_string(failed.operation) + " held cannot be booked");
    journals.push_back(std::move(*held));
    co_return journals;
}

payments::Attempt failure_attempt(const payments::Attempt& failed, payments::Reserved& reversed,
                                  const payments::Payment& payment, WallTime now) {
    auto attempt = failed;
    attempt.operation = OperationId::make(now, bucket_of(payment.merchant.uuid()), payment.live);
    attempt.number = 1;
    attempt.kind = failure_of(failed.kind);
    attempt.amount = reversed.amount;
    attempt.parameters = std::move(reversed.parameters);
    attempt.actor = kLateFailureActor;
    attempt.request = RequestId::make(now, bucket_of(payment.merchant.uuid()), payment.live);
    return attempt;
}

void announce(const Services& services, const store::Watched& watched, std::string_view what, std::string_view why) {
    observe::log(observe::Level::error, "payment.late_failure",
                 {{"payment", to_string(watched.payment.id)},
                  {"operation", to_string(watched.attempt.operation)},
                  {"kind", payments::to_string(watched.attempt.kind)},
                  {"amount", watched.attempt.amount.minor_units()},
                  {"currency", watched.attempt.amount.currency().code()},
                  {"psp_reference", watched.psp_reference},
                  {"what", what},
                  {"why", why}});
    services.metrics.psp_alert(watched.attempt.psp, "late_failure");
}

Task<RecordResult> record(const Services& services, store::Watched watched, payments::Reserved reversed,
                          std::string reason, std::string evidence) {
    auto journals = co_await reversals_of(services, watched.payment, watched.attempt);
    const auto now = services.clock.now();
    auto attempt = failure_attempt(watched.attempt, reversed, watched.payment, now);
    payments::Judgement judgement;
    judgement.outcome = Outcome::approved;
    auto step = payments::apply(watched.payment, attempt, judgement, now);
    store::Record record{.settlement = {.attempt = std::move(attempt),
                                        .outcome = Outcome::approved,
                                        .expected_version = watched.payment.version,
                                        .step = std::move(step),
                                        .journals = std::move(journals),
                                        .reason = std::move(reason),
                                        .evidence = std::move(evidence),
                                        .names_reference = watched.psp_reference,
                                        .generation = 1,
                                        .needs_generation = false,
                                        .next_try = std::nullopt,
                                        .actor = kLateFailureActor,
                                        .now = now},
                         .key = {},
                         .reverses = watched.attempt.operation};
    FLORIN_FAIL_POINT("before_outcome_commit");
    const auto result = co_await services.store.commit(std::move(record), Deadline::after(kWithin));
    FLORIN_FAIL_POINT("after_outcome_commit");
    co_return result;
}

Task<void> read_again(const Services& services, payments::Payment& payment) {
    auto read =
        co_await services.store.find_payment(payment.merchant, payment.live, payment.id, Deadline::after(kWithin));
    if (!read) throw std::runtime_error("payment " + to_string(payment.id) + " is not in the database");
    payment = std::move(*read);
}

Task<bool> is_reversed(const Services& services, store::Watched watched) {
    const auto rows = co_await services.store.operations_of(watched.payment.id, Deadline::after(kWithin));
    co_return std::ranges::any_of(rows, [&](const store::OperationRow& row) {
        return row.attempt.parameters.reverses == watched.attempt.operation;
    });
}

}  // namespace

Task<void> record_failure(const Services& services, store::Watched watched, payments::Judgement judgement,
                          std::string evidence) {
    const auto reason = judgement.decline ? judgement.decline->code : std::string();
    if (watched.attempt.kind == OperationKind::late_refund) {
        announce(services, watched, "the return of a late charge was taken back by the PSP", reason);
        const auto operation = watched.attempt.operation;
        co_await suspend_failed_return(services, std::move(watched), std::move(evidence));
        co_return co_await services.store.move_watch(operation, std::nullopt, Deadline::after(kWithin));
    }
    for (const auto until = Deadline::after(kWithin); !until.passed();) {
        auto decision = payments::reverse(watched.payment, watched.attempt);
        if (std::holds_alternative<payments::Refused>(decision)) {
            const bool reversed = co_await is_reversed(services, watched);
            if (reversed) co_return;  // another worker was quicker
            announce(services, watched, "the amounts no longer allow its reversal", reason);
            co_await services.store.move_watch(watched.attempt.operation, std::nullopt, Deadline::after(kWithin));
            co_return;
        }
        auto* reversed = std::get_if<payments::Reserved>(&decision);
        if (reversed == nullptr) co_return;  // busy: looked at again
        const auto result = co_await record(services, watched, std::move(*reversed), reason, evidence);
        if (result == RecordResult::won) {
            announce(services, watched, "taken back by the PSP and reversed", reason);
            services.metrics.operation_outcome(watched.attempt.psp,
                                               payments::to_string(failure_of(watched.attempt.kind)),
                                               payments::to_string(Outcome::approved));
        }
        if (result != RecordResult::version_moved) co_return;
        co_await read_again(services, watched.payment);
    }
}

}  // namespace florin::flow
