#include "flow/event_look.hpp"

#include <algorithm>
#include <iterator>
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
class Case {
public:
    Case(const Services& services, const PspAccount& account, psp::Subject subject, store::KnownPayment known,
         Deadline call)
        : services_(services), account_(account), subject_(std::move(subject)), known_(std::move(known)), call_(call) {}
    Task<EventLook> look();

private:
    const OperationRow& named_row(const std::vector<OperationRow>& rows) const;
    std::vector<OperationRow> rows_shown(const std::vector<OperationRow>& rows) const;
    std::string reference_of(const payments::Attempt& attempt) const;
    bool is_of_refund() const;
    bool is_own_object() const;
    bool concerns_named() const;
    bool may_have_ended_hold() const;

    Task<payments::Payment> load_payment(payments::Attempt attempt);
    Task<void> read_named(OperationRow row);
    Task<void> read_shown(std::vector<OperationRow> rows);
    Task<void> take(OperationRow row, psp::Answer answer);
    Task<std::string> apply(payments::Payment payment, OperationRow row, psp::Answer answer);
    Task<void> take_back(OperationRow row, Verdict verdict);
    Task<void> read_hold(OperationRow row);
    void note(const psp::Answer& answer);

    const Services& services_;
    const PspAccount& account_;
    psp::Subject subject_;
    store::KnownPayment known_;
    Deadline call_;
    EventLook look_;
};

// A capture names its attempt in the payment's object, so that a late one shows there, unless it was never sent. Of a
// release nothing tells whose it was: it counts for an open one only.
bool may_show(const OperationRow& row) {
    if (row.attempt.kind == OperationKind::capture) return row.outcome != Outcome::approved && !row.is_refused_here();
    const bool releases = row.attempt.kind == OperationKind::void_ || row.attempt.kind == OperationKind::expire;
    return releases && !row.outcome;
}

// An attempt that is closed takes nothing but a late success: where the operation makes an object of its own, also that
// of a second one.
bool is_news(const OperationRow& row, const Verdict& verdict, bool has_alert) {
    const auto& judgement = verdict.judgement;
    if (!row.outcome) return judgement.outcome != Outcome::unknown || has_alert;
    if (judgement.outcome != Outcome::approved) return false;
    const bool is_second = creates_object(row.attempt.kind) && judgement.psp_reference != row.psp_reference;
    return *row.outcome != Outcome::approved || is_second;
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

// The attempt whose object it is, which carries that attempt's number for ever, whatever it was adopted as.
const OperationRow& Case::named_row(const std::vector<OperationRow>& rows) const {
    const auto& known = *known_.attempt;
    const bool says_which = subject_.operation == known.operation && subject_.attempt.has_value();
    const auto find = [&](std::int16_t number) {
        return std::ranges::find_if(rows, [&](const OperationRow& row) {
            return row.attempt.operation == known.operation && row.attempt.number == number;
        });
    };
    auto found = find(says_which ? *subject_.attempt : known.number);
    if (found == rows.end()) found = find(known.number);
    if (found == rows.end()) throw std::runtime_error("an attempt that was just seen is not in the database");
    return *found;
}

// Of an operation's own object, which shows nothing of the payment's others.
bool Case::is_of_refund() const {
    return is_refund(subject_) && known_.attempt.has_value();
}

bool Case::is_own_object() const {
    return subject_.payment_reference && subject_.payment_reference == known_.psp_reference;
}

// The creation's answer is no news once it is booked and others have changed its object.
bool Case::concerns_named() const {
    if (!known_.attempt) return false;
    if (is_of_refund() || known_.attempt->outcome != Outcome::approved || !is_own_object()) return true;
    return known_.attempt->kind == OperationKind::sale && subject_.says == Says::failed;
}

bool Case::may_have_ended_hold() const {
    const bool over =
        subject_.says == Says::succeeded || subject_.says == Says::canceled || subject_.says == Says::failed;
    return over && !is_of_refund() && is_own_object() && known_.held > 0;
}

// What the payment's own object may show beside its creation.
std::vector<OperationRow> Case::rows_shown(const std::vector<OperationRow>& rows) const {
    std::vector<OperationRow> shown;
    if (!is_of_refund() && is_own_object()) std::ranges::copy_if(rows, std::back_inserter(shown), may_show);
    return shown;
}

std::string Case::reference_of(const payments::Attempt& attempt) const {
    const auto& of_object = is_refund(subject_) ? subject_.reference : subject_.payment_reference;
    return (creates_object(attempt.kind) ? of_object : known_.psp_reference).value_or("");
}

Task<payments::Payment> Case::load_payment(payments::Attempt attempt) {
    auto stored =
        co_await services_.store.find_operation(attempt.payment, attempt.operation, Deadline::after(kReadWithin));
    if (!stored) throw std::runtime_error("operation " + to_string(attempt.operation) + " is not in the database");
    co_return std::move(stored->payment);
}

Task<void> Case::take_back(OperationRow row, Verdict verdict) {
    store::Watched watched{.attempt = row.attempt,
                           .sent_as = row.attempt.number,
                           .payment = std::move(verdict.payment),
                           .psp_reference = subject_.reference.value_or(""),
                           .age = Milliseconds{0},
                           .is_last = false};
    watched.attempt.number = known_.attempt->number;  // the one that is booked
    co_await record_failure(services_, std::move(watched), std::move(verdict.judgement), std::move(verdict.evidence));
}

// What an answer about one attempt is reason for, in one word.
Task<std::string> Case::apply(payments::Payment payment, OperationRow row, psp::Answer answer) {
    auto verdict = verdict_of(std::move(payment), row.attempt, answer, false);
    verdict.actor = kEventActor;
    verdict.generation = 0;  // nobody's: this one holds no lease
    const bool is_booked_refund = is_of_refund() && known_.attempt->is_booked_object;
    if (verdict.judgement.outcome == Outcome::declined && is_booked_refund) {
        co_await take_back(std::move(row), std::move(verdict));
        co_return kTakenBack;
    }
    if (!is_news(row, verdict, answer.alert)) co_return "";
    FLORIN_FAIL_POINT("event_before_commit");
    const auto standing = co_await settle(services_, std::move(verdict), Deadline::after(kCommitWithin));
    FLORIN_FAIL_POINT("event_after_commit");
    if (row.outcome) co_return kLateSuccess;
    const bool is_closed = standing.is_ours && standing.result.has_value();
    co_return is_closed ? kSettled : "";
}

void Case::note(const psp::Answer& answer) {
    look_.has_read = true;
    look_.evidence = answer.evidence;
    const bool says_nothing = answer.kind == psp::Answer::Kind::unclear && !answer.alert;
    if (says_nothing && answer.http_status != 200) look_.is_clear = false;
    if (answer.alert) look_.contradiction = answer.evidence;
}

Task<void> Case::read_named(OperationRow row) {
    const auto payment = co_await load_payment(row.attempt);
    FLORIN_FAIL_POINT("event_before_read");
    auto answer = co_await send_read(*account_.psp, reference_of(row.attempt), call_of(payment, row.attempt), call_);
    FLORIN_FAIL_POINT("event_after_answer");
    co_await take(std::move(row), std::move(answer));
}

// One look at the object for as many as it may show: a merchant can ask for captures without end.
Task<void> Case::read_shown(std::vector<OperationRow> rows) {
    if (rows.empty()) co_return;
    const auto payment = co_await load_payment(rows.front().attempt);
    psp::LookUp wanted{.from = rows.front().created_at, .to = services_.clock.now(), .calls = {}};
    for (const auto& row : rows) wanted.calls.push_back(call_of(payment, row.attempt));
    FLORIN_FAIL_POINT("event_before_read");
    const auto seen = co_await send_look_up(*account_.psp, std::move(wanted), call_);
    FLORIN_FAIL_POINT("event_after_answer");
    look_.has_read = true;
    look_.evidence = seen.evidence;
    if (!seen.complete) look_.is_clear = false;
    for (auto& row : rows) {
        const auto found = seen.found.find(psp::idempotency_key(row.attempt.operation, row.attempt.number));
        if (found != seen.found.end()) co_await take(std::move(row), found->second);
    }
}

Task<void> Case::take(OperationRow row, psp::Answer answer) {
    note(answer);
    const bool failed_since = row.outcome == Outcome::approved && answer.kind == psp::Answer::Kind::declined &&
                              !is_refund(subject_) && is_own_object();
    if (failed_since) look_.contradiction = "failed there, approved here: " + answer.evidence;
    auto payment = co_await load_payment(row.attempt);
    auto done = co_await apply(std::move(payment), std::move(row), std::move(answer));
    if (!done.empty()) look_.done = std::move(done);
}

Task<void> Case::read_hold(OperationRow row) {
    const auto payment = co_await load_payment(row.attempt);
    if (payment.amounts.held() <= 0 || payment.amounts.has_open()) co_return;
    const auto answer = co_await send_read(*account_.psp, known_.psp_reference.value_or(""),
                                           call_of(payment, probe_of(payment, row.attempt)), call_);
    note(answer);
    if (answer.kind == psp::Answer::Kind::declined) {
        look_.contradiction = "what is held here was taken there by somebody else: " + answer.evidence;
    }
    if (answer.kind != psp::Answer::Kind::approved) co_return;
    if (co_await services_.store.expire_now(payment.id, Deadline::after(kReadWithin))) look_.done = kExpiryDue;
}

Task<EventLook> Case::look() {
    const auto rows = co_await services_.store.operations_of(known_.id, Deadline::after(kReadWithin));
    if (concerns_named()) co_await read_named(named_row(rows));
    co_await read_shown(rows_shown(rows));
    const bool asks_for_hold = look_.done.empty() && look_.is_clear && may_have_ended_hold();
    if (asks_for_hold && !rows.empty()) co_await read_hold(rows.front());
    co_return std::move(look_);
}

}  // namespace

Task<EventLook> look_again(const Services& services, const PspAccount& account, psp::Subject subject,
                           store::KnownPayment known, Deadline call) {
    Case one(services, account, std::move(subject), std::move(known), call);
    co_return co_await one.look();
}

}  // namespace florin::flow
