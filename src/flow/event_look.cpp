#include "flow/event_look.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/fail_point.hpp"
#include "flow/event_decision.hpp"
#include "flow/operation_plan.hpp"
#include "flow/psp_call.hpp"
#include "flow/reversal.hpp"
#include "flow/settle.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;
using payments::Outcome;
using psp::Says;
using store::OperationRow;

constexpr Milliseconds kReadWithin{5'000};
constexpr Milliseconds kCommitWithin{10'000};

// An event and what it needs to be looked into.
struct Case {
    const PspAccount& account;
    psp::Subject subject;
    store::KnownPayment known;
    Deadline call;
};

Task<payments::Payment> load_payment(const Services& services, payments::Attempt attempt) {
    auto stored =
        co_await services.store.find_operation(attempt.payment, attempt.operation, Deadline::after(kReadWithin));
    if (!stored) throw std::runtime_error("operation " + to_string(attempt.operation) + " is not in the database");
    co_return std::move(stored->payment);
}

// The attempt whose object it is, which carries that attempt's number for ever, whatever it was adopted as.
const OperationRow& named_row(const Case& one, const std::vector<OperationRow>& rows) {
    const auto& known = *one.known.attempt;
    const bool says_which = one.subject.operation == known.operation && one.subject.attempt.has_value();
    const auto find = [&](std::int16_t number) {
        return std::ranges::find_if(rows, [&](const OperationRow& row) {
            return row.attempt.operation == known.operation && row.attempt.number == number;
        });
    };
    auto found = find(says_which ? *one.subject.attempt : known.number);
    if (found == rows.end()) found = find(known.number);
    if (found == rows.end()) throw std::runtime_error("an attempt that was just seen is not in the database");
    return *found;
}

bool acts_on_payment(OperationKind kind) {
    return kind == OperationKind::capture || kind == OperationKind::void_ || kind == OperationKind::expire;
}

// Of an operation's own object, which shows nothing of the payment's others.
bool is_of_refund(const Case& one) {
    return is_refund(one.subject) && one.known.attempt.has_value();
}

bool is_own_object(const Case& one) {
    return one.subject.payment_reference && one.subject.payment_reference == one.known.psp_reference;
}

// The creation's answer is no news once it is booked and others have changed its object.
bool concerns_named(const Case& one) {
    if (!one.known.attempt) return false;
    if (is_of_refund(one) || one.known.attempt->outcome != Outcome::approved || !is_own_object(one)) return true;
    return one.known.attempt->kind == OperationKind::sale && one.subject.says == Says::failed;
}

std::vector<OperationRow> rows_to_read(const Case& one, const std::vector<OperationRow>& rows) {
    std::vector<OperationRow> wanted;
    if (concerns_named(one)) wanted.push_back(named_row(one, rows));
    if (is_of_refund(one) || !is_own_object(one)) return wanted;
    for (const auto& row : rows) {
        if (acts_on_payment(row.attempt.kind) && row.outcome != Outcome::approved) wanted.push_back(row);
    }
    return wanted;
}

std::string reference_of(const Case& one, const payments::Attempt& attempt) {
    const auto& of_object = is_refund(one.subject) ? one.subject.reference : one.subject.payment_reference;
    return (creates_object(attempt.kind) ? of_object : one.known.psp_reference).value_or("");
}

Task<void> take_back(const Services& services, const Case& one, payments::Payment payment, const OperationRow& row,
                     payments::Judgement judgement, std::string evidence) {
    store::Watched watched{.attempt = row.attempt,
                           .payment = std::move(payment),
                           .psp_reference = one.subject.reference.value_or(""),
                           .age = Milliseconds{0},
                           .is_last = false};
    watched.attempt.number = one.known.attempt->number;  // the one that is booked
    co_await record_failure(services, std::move(watched), std::move(judgement), std::move(evidence));
}

// What an answer about one attempt is reason for. An attempt that is closed takes nothing but a late success.
Task<std::string> apply(const Services& services, const Case& one, payments::Payment payment, const OperationRow& row,
                        const psp::Answer& answer) {
    auto verdict = verdict_of(std::move(payment), row.attempt, answer, false);
    verdict.actor = kEventActor;
    verdict.generation = 0;  // nobody's: this one holds no lease
    const auto outcome = verdict.judgement.outcome;
    const bool booked = one.known.attempt && one.known.attempt->outcome == Outcome::approved;
    if (outcome == Outcome::declined && is_of_refund(one) && booked) {
        co_await take_back(services, one, verdict.payment, row, verdict.judgement, verdict.evidence);
        co_return kTakenBack;
    }
    if (row.outcome && outcome != Outcome::approved) co_return "";
    if (row.outcome == Outcome::approved) co_return "";
    const bool is_silent = outcome == Outcome::unknown && !answer.alert;
    if (is_silent) co_return "";
    FLORIN_FAIL_POINT("event_before_commit");
    const auto standing = co_await settle(services, std::move(verdict), Deadline::after(kCommitWithin));
    FLORIN_FAIL_POINT("event_after_commit");
    if (row.outcome) co_return kLateSuccess;
    const bool closed = standing.is_ours && standing.result.has_value();
    co_return closed ? kSettled : "";
}

void note(EventLook& look, const psp::Answer& answer) {
    look.evidence = answer.evidence;
    const bool says_nothing = answer.kind == psp::Answer::Kind::unclear && !answer.alert;
    if (says_nothing && answer.http_status != 200) look.is_clear = false;
    if (answer.alert) look.contradiction = answer.evidence;
}

Task<void> read_one(const Services& services, const Case& one, const OperationRow& row, EventLook& look) {
    auto payment = co_await load_payment(services, row.attempt);
    FLORIN_FAIL_POINT("event_before_read");
    const auto answer =
        co_await send_read(*one.account.psp, reference_of(one, row.attempt), call_of(payment, row.attempt), one.call);
    FLORIN_FAIL_POINT("event_after_answer");
    note(look, answer);
    const bool failed_since =
        row.outcome == Outcome::approved && answer.kind == psp::Answer::Kind::declined && !is_refund(one.subject);
    if (failed_since) look.contradiction = "failed there, approved here: " + answer.evidence;
    auto done = co_await apply(services, one, std::move(payment), row, answer);
    if (!done.empty()) look.done = std::move(done);
}

// An expiry of all that is held, which is never sent: reading the payment's object for it tells whether the hold stands
// there, is gone, or was taken by somebody else.
payments::Attempt probe_of(const payments::Payment& payment, payments::Attempt attempt) {
    attempt.operation = OperationId{};
    attempt.kind = OperationKind::expire;
    attempt.parameters = {};
    attempt.amount = Money{payment.amounts.held(), payment.amount.currency()};
    return attempt;
}

Task<void> read_hold(const Services& services, const Case& one, const OperationRow& row, EventLook& look) {
    const auto payment = co_await load_payment(services, row.attempt);
    if (payment.amounts.held() <= 0 || payment.amounts.has_open()) co_return;
    const auto answer = co_await send_read(*one.account.psp, one.known.psp_reference.value_or(""),
                                           call_of(payment, probe_of(payment, row.attempt)), one.call);
    note(look, answer);
    if (answer.kind == psp::Answer::Kind::declined) {
        look.contradiction = "what is held here was taken there by somebody else: " + answer.evidence;
    }
    if (answer.kind != psp::Answer::Kind::approved) co_return;
    if (co_await services.store.expire_now(payment.id, Deadline::after(kReadWithin))) look.done = kExpiryDue;
}

bool may_have_ended_hold(const Case& one) {
    const bool over =
        one.subject.says == Says::succeeded || one.subject.says == Says::canceled || one.subject.says == Says::failed;
    return over && !is_of_refund(one) && is_own_object(one) && one.known.held > 0;
}

}  // namespace

Task<EventLook> look_again(const Services& services, const PspAccount& account, psp::Subject subject,
                           store::KnownPayment known, Deadline call) {
    const Case one{.account = account, .subject = std::move(subject), .known = std::move(known), .call = call};
    const auto rows = co_await services.store.operations_of(one.known.id, Deadline::after(kReadWithin));
    EventLook look;
    const auto wanted = rows_to_read(one, rows);
    for (const auto& row : wanted) co_await read_one(services, one, row, look);
    if (look.done.empty() && look.is_clear && may_have_ended_hold(one)) {
        co_await read_hold(services, one, rows.front(), look);
    }
    co_return look;
}

}  // namespace florin::flow
