// The answers to operations that ended: status and body, byte for byte.
#include "base/assert.hpp"
#include "payments/document.hpp"
#include "payments/modification.hpp"
#include "payments/settle.hpp"

namespace florin::payments {
namespace {

constexpr int kOk = 200;
constexpr int kPaymentRequired = 402;
constexpr int kUnprocessable = 422;
constexpr int kUnavailable = 503;

// What the merchant can do about a decline of a creation, beside its reason.
std::string_view advice(DeclineClass type) {
    switch (type) {
        case DeclineClass::hard:
            return "Ask the payer for another payment method; this one will not work.";
        case DeclineClass::soft:
            return "Try again later or with another payment method, under a new Idempotency-Key.";
        case DeclineClass::needs_data:
            return "Let the payer correct the payment details, then create a new payment under a new Idempotency-Key.";
        case DeclineClass::needs_authentication:
            return "Create a new payment that the payer can authenticate, under a new Idempotency-Key.";
        case DeclineClass::invalid_request:
            return "Correct the request and send it under a new Idempotency-Key.";
    }
    assertion_failed("a DeclineClass outside its enumeration", __FILE__, __LINE__);
}

struct Problem {
    int http_status;
    Refusal refusal;
};

Problem not_executed(OperationKind kind) {
    const std::string_view nothing = creates_payment(kind) ? "charged" : "changed";
    return {kUnavailable,
            {Error::not_executed, std::string("Nothing was ")
                                      .append(nothing)
                                      .append(" and nothing will be: no payment provider could be reached. Repeat the "
                                              "request with the same Idempotency-Key.")}};
}

Problem declined(OperationKind kind, const Decline& decline) {
    if (!creates_payment(kind)) {
        return {kUnprocessable,
                {Error::payment_refused, decline.reason + " The payment stays as it was; another try needs a new "
                                                          "Idempotency-Key."}};
    }
    const bool ours = decline.type == DeclineClass::invalid_request;
    return {ours ? kUnprocessable : kPaymentRequired,
            {ours ? Error::payment_refused : Error::payment_declined,
             decline.reason + ' ' + std::string(advice(decline.type))}};
}

}  // namespace

void answer(Step& step, const Attempt& attempt, const Judgement& judgement) {
    std::string payment =
        creates_payment(attempt.kind) ? document(step.payment) : document(step.payment, attempt, judgement);
    if (judgement.outcome == Outcome::approved) {
        step.http_status = kOk;
        step.body = std::move(payment);
        return;
    }
    FLORIN_ASSERT(judgement.outcome == Outcome::not_executed || judgement.decline);
    const auto [http_status, refusal] = judgement.outcome == Outcome::declined
                                            ? declined(attempt.kind, *judgement.decline)
                                            : not_executed(attempt.kind);
    step.http_status = http_status;
    step.body = problem(http_status, refusal, attempt.request, payment);
}

Step refused(const Payment& payment, const Attempt& attempt, const Refusal& refusal) {
    const OperationView view{"refused", std::string(to_string(refusal.error)), refusal.detail};
    return {payment,
            {},
            kUnprocessable,
            problem(kUnprocessable, refusal, attempt.request, document(payment, attempt, view))};
}

}  // namespace florin::payments
