#include "flow/event_decision.hpp"

#include "flow/operation_plan.hpp"

namespace florin::flow {
namespace {

using payments::OperationKind;
using payments::Outcome;
using payments::Status;
using psp::Says;
using store::KnownAttempt;
using store::KnownPayment;

EventDecision nothing() {
    return {.step = EventStep::nothing};
}

EventDecision look(std::string why) {
    return {.step = EventStep::look, .why = std::move(why)};
}

EventDecision look_at_open(bool is_leased) {
    if (is_leased) return {.step = EventStep::wait, .why = "an operation is in somebody's hands"};
    return look("an operation is open");
}

EventDecision park(std::string why) {
    return {.step = EventStep::park, .why = std::move(why)};
}

// The others act on the payment's object, or create it.
bool gives_back(OperationKind kind) {
    return creates_object(kind) && !payments::creates_payment(kind);
}

bool says_done(Says says) {
    return says == Says::succeeded || says == Says::authorized;
}

bool says_over(Says says) {
    return says == Says::failed || says == Says::canceled;
}

// What is open and known to wait for the PSP or the payer is no news when the event says just that.
bool is_known_to_wait(const psp::Subject& subject, const KnownPayment& known, const KnownAttempt& attempt) {
    if (!attempt.has_reference) return false;
    if (subject.says == Says::processing) return known.status == Status::pending || is_refund(subject);
    return subject.says == Says::requires_action && known.status == Status::requires_action;
}

EventDecision decide_open(const psp::Subject& subject, const KnownPayment& known, const KnownAttempt& attempt) {
    if (is_known_to_wait(subject, known, attempt)) return nothing();
    return look_at_open(attempt.is_leased);
}

// The attempt is closed without success: a success that comes now is a late one, unless somebody has dealt with it.
EventDecision decide_unsuccessful(const psp::Subject& subject, const KnownAttempt& attempt) {
    if (!says_done(subject.says) || attempt.is_dealt_with) return nothing();
    return look("a success of what is closed as " + std::string(to_string(*attempt.outcome)));
}

// Another object than the one that is booked: what it did came a second time.
EventDecision decide_second(const psp::Subject& subject, const KnownAttempt& attempt) {
    if (!says_done(subject.says) || attempt.is_dealt_with) return nothing();
    return look("a second object of what is approved");
}

// A refund that names no operation of ours. A PSP may show what it releases of a hold as a refund too; it does that
// once, of all that is left. What was open may explain it when it is settled.
EventDecision decide_unnamed_refund(const psp::Subject& subject, const KnownPayment& known) {
    const auto is = [&](std::int64_t amount) {
        return amount > 0 && subject.amount == Money{amount, known.amount.currency()};
    };
    if (known.is_late_object || is(known.released)) return nothing();
    if (known.has_open) return look_at_open(known.has_leased);
    if (is(known.held)) return look("released there, held here");
    return park("a refund that was not made here");
}

EventDecision decide_refund(const psp::Subject& subject, const KnownPayment& known) {
    if (!known.attempt) return decide_unnamed_refund(subject, known);
    const auto& attempt = *known.attempt;
    if (!attempt.outcome) return decide_open(subject, known, attempt);
    if (*attempt.outcome != Outcome::approved) return decide_unsuccessful(subject, attempt);
    if (!attempt.is_booked_object) return decide_second(subject, attempt);
    if (says_over(subject.says) && !attempt.is_reversed) return look("a refund that is booked did not succeed");
    return nothing();
}

// The payment's object, once its creation has been approved, against what the books hold of it.
EventDecision decide_approved(const psp::Subject& subject, const KnownPayment& known) {
    if (known.has_open) return look_at_open(known.has_leased);
    switch (subject.says) {
        case Says::succeeded:
            if (known.held > 0) return look("taken there, held here");
            return known.captured == 0 ? look("taken there, released here") : nothing();
        case Says::authorized:
            return known.has_doubtful && known.held > 0 ? look("a capture may have succeeded late") : nothing();
        case Says::canceled:
            return known.held > 0 ? look("released there, held here") : nothing();
        case Says::failed:
            return look("failed there, approved here");
        case Says::processing:
        case Says::requires_action:
        case Says::other:
            break;
    }
    return nothing();
}

EventDecision decide_payment(const psp::Subject& subject, const KnownPayment& known) {
    if (!known.attempt) return park("names an operation that is not the payment's");
    const auto& attempt = *known.attempt;
    const bool is_own = subject.payment_reference && subject.payment_reference == known.psp_reference;
    if (!attempt.outcome) return decide_open(subject, known, attempt);
    // What a late success was adopted as is the payment's own object too.
    const bool stands = is_own && known.status != Status::failed;
    if (stands) return decide_approved(subject, known);
    if (*attempt.outcome != Outcome::approved) return decide_unsuccessful(subject, attempt);
    return decide_second(subject, attempt);
}

}  // namespace

bool is_refund(const psp::Subject& subject) {
    return subject.object == "refund";
}

EventDecision decide(const psp::Subject& subject, const KnownPayment* known, const ledger::PspAccount& account) {
    if (known == nullptr) return {.step = EventStep::unknown, .why = "leads to no payment"};
    if (known->is_contradicted) return park("its references belong to another payment or operation");
    if (known->attempt && known->attempt->account != account) {
        return park("the attempt was made at the account " + known->attempt->account.name);
    }
    const bool refund = is_refund(subject);
    if (known->attempt && refund != gives_back(known->attempt->kind)) {
        return park("names an operation of another kind");
    }
    return refund ? decide_refund(subject, *known) : decide_payment(subject, *known);
}

std::string amount_contradiction(const psp::Subject& subject, const KnownPayment& known) {
    if (!subject.amount) return {};
    const bool refund = is_refund(subject);
    if (refund && !known.attempt) return {};
    const auto& booked = refund ? known.attempt->amount : known.amount;
    if (*subject.amount == booked) return {};
    const auto text = [](const Money& money) {
        return std::to_string(money.minor_units()) + " " + std::string(money.currency().code());
    };
    return "says " + text(*subject.amount) + ", booked is " + text(booked);
}

}  // namespace florin::flow
