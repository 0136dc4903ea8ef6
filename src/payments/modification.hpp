// Captures, voids, refunds and expiries of an existing payment: what a request asks, and whether the amounts allow it.
// Decided on the payment as read; the compare-and-set of its version makes the decision hold (rules 20, 22, 23). Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "payments/operation.hpp"

namespace florin::payments {

struct ModificationRequest {
    OperationKind kind = OperationKind::capture;  // capture, void_, refund; expire is ours
    std::optional<std::int64_t> amount{};         // minor units; empty: all that is left
    std::optional<Currency> currency{};           // when given it must be the payment's
    std::optional<bool> final{};                  // capture
    std::optional<std::string> reason{};          // refund
};

// Bodies: capture {amount?, currency?, final?}, refund {amount?, currency?, reason?}, void {}. Unknown fields, zero,
// negative and fractional amounts are 400. An empty body is an empty object.
Checked<ModificationRequest> parse_modification(OperationKind kind, const boost::json::value& body);

// What the request itself says of the operation's parameters: those of one that was refused.
Parameters parameters_asked(const ModificationRequest& request);

// SHA-256 over the path, which holds the payment's id, and the canonical request.
Digest fingerprint(std::string_view path, const ModificationRequest& request);
// The first field (JSON pointer) in which the request differs from the operation stored under its key; empty when the
// path differs or nothing does.
std::string differing_field(const ModificationRequest& request, const Attempt& stored);

// Allowed: the payment with the amount reserved (capturing, voiding or refunding; version + 1, updated_at unchanged,
// for nothing that a document shows has changed).
struct Reserved {
    Money amount;
    Parameters parameters;
    Payment payment;
};
// Only what is open stands in the way: 409 conflict + Retry-After, stores nothing. The detail names what is awaited.
struct Busy {
    Refusal refusal;
};
// Settled amounts refuse it: 422 (amount_out_of_range, currency_mismatch, operation_not_allowed), stored and final. The
// detail names what is allowed now.
struct Refused {
    Refusal refusal;
};
using Decision = std::variant<Reserved, Busy, Refused>;

Decision decide(const Payment& payment, const ModificationRequest& request);

// The same reservation once more: attempt n+1 of an operation whose attempt n was not_executed, or a late success that
// is adopted. Attempt n+1 has the amount and parameters of the answer: what a void or a final capture releases is what
// is held now. Busy or Refused when the amounts no longer allow it.
Decision reserve_again(const Payment& payment, const Attempt& attempt);

// A success that the PSP took back: amount and parameters of the operation (capture_failure, refund_failure) that
// records it, and the payment as read, for nothing is reserved; apply() of that operation, approved, takes the amount
// back. Refused when the amounts no longer allow it (a failed capture that was refunded meanwhile): a human must look.
Decision reverse(const Payment& payment, const Attempt& failed);

// The answer to store for a request that was refused: 422 with the document of the payment, which stays as it is, and
// the operation as refused.
Step refused(const Payment& payment, const Attempt& attempt, const Refusal& refusal);

}  // namespace florin::payments
