// Operations on a payment (what was asked), their attempts, and what a judged attempt makes of its payment. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "payments/outcome.hpp"
#include "payments/payment.hpp"
#include "payments/status.hpp"

namespace florin::payments {

enum class OperationKind : std::uint8_t {
    sale,             // creates a payment: authorization and capture in one step
    authorize,        // creates a payment: holds the amount
    capture,          // takes all or a part of what is held
    void_,            // releases all of what is still held
    refund,           // gives back all or a part of what was captured
    expire,           // ours: releases what is still held past capture_before
    capture_failure,  // ours: the PSP took back a capture that it had accepted; only recorded
    refund_failure,   // ours: a refund that had succeeded failed later; only recorded
    // Ours, for a success that came after its attempt was closed and has no place any more (saga.hpp):
    late_void,      // releases what it holds
    late_refund,    // gives back what it took
    late_suspense,  // what cannot be undone: booked to suspense, for a human; only recorded
};
std::string_view to_string(OperationKind kind);  // "sale", …, "void", …
std::optional<OperationKind> parse_operation_kind(std::string_view text);

constexpr bool creates_payment(OperationKind kind) {
    return kind == OperationKind::sale || kind == OperationKind::authorize;
}
// The PSP is never called for these: they are opened and closed in one commit.
constexpr bool is_only_recorded(OperationKind kind) {
    return kind == OperationKind::capture_failure || kind == OperationKind::refund_failure ||
           kind == OperationKind::late_suspense;
}
// They stand beside the payment: nothing of its amounts and status changes.
constexpr bool answers_late_success(OperationKind kind) {
    return kind == OperationKind::late_void || kind == OperationKind::late_refund ||
           kind == OperationKind::late_suspense;
}

// A success that came after its attempt was closed.
struct LateSuccess {
    OperationId operation;
    std::int16_t attempt = 1;
    std::string reference;  // the PSP's object in which it shows: pi_…, re_…
    bool operator==(const LateSuccess&) const = default;
};
std::string attempt_name(const LateSuccess& late);  // "op_…-1"

// What an operation says beside its kind and amount. Stored with each attempt (operations.parameters, jsonb; absent
// members are left out), because a repeat must send identical bytes.
struct Parameters {
    bool multiple_captures = false;         // authorize: several captures are wanted
    bool final = false;                     // capture: nothing may be captured after it
    std::int64_t releases = 0;              // capture, final: the rest, reserved as voiding by its intent (rule 23)
    std::optional<std::string> reason{};    // refund
    std::optional<OperationId> reverses{};  // capture_failure, refund_failure: the operation whose journals it reverses
    std::optional<LateSuccess> late{};      // late_void, late_refund, late_suspense: what it answers
    bool operator==(const Parameters&) const = default;
};
std::string to_json(const Parameters& parameters);  // canonical; "{}" for none
Checked<Parameters> parse_parameters(std::string_view json);

// One try of an operation at one PSP.
struct Attempt {
    OperationId operation;
    std::int16_t number = 1;
    PaymentId payment;
    OperationKind kind = OperationKind::sale;
    Money amount;  // of the operation: a void and an expiry have what they release
    Parameters parameters{};
    std::string psp;
    std::string psp_account;
    std::int16_t encoder_version = 1;
    std::string actor;  // "key:key_…", "system:resolver"
    RequestId request;  // the request that opened this attempt
};

// What is known about an attempt, judged (rule 5 has been applied: not_executed is proven).
struct Judgement {
    Outcome outcome = Outcome::unknown;
    std::optional<std::string> psp_reference;  // of the object that the operation created, or of the payment's own
    std::optional<Decline> decline;            // with declined
    std::optional<NextAction> next_action;     // with action_required
    std::optional<WallTime> capture_before{};  // with an approved authorize: never empty there
    bool multiple_captures = false;            // with an approved authorize: the PSP takes several captures
};

// The payment after a judgement, with what must be written beside it.
struct Step {
    Payment payment;                     // status, amounts, references and version as they will be
    std::optional<StatusChange> change;  // set when the status differs: one audit row
    int http_status = 0;                 // 200, 402, 422 or 503 where the judgement closes the attempt
    // Of an attempt that is closed the whole response body, byte for byte; also what a replay answers. Of a change of
    // status that closes none the payment's document, for its event.
    std::string body;
};

// True while an attempt of this kind may still settle: what answers a late success, always; a creation while the
// payment is pending, in requires_action or failed with not_executed; a modification while its reservation stands on
// the payment; what is only recorded while the success that it takes back does, and the limits hold without it.
bool can_settle(const Payment& payment, const Attempt& attempt);

// `payment` is as last read and can_settle() holds; its version is what the compare-and-set expects. An approval makes
// the reservation final, a decline and not_executed release it, everything else leaves it. What is only recorded is
// always approved and takes the earlier success back. The version moves with every change, updated_at only with what a
// document shows. Where nothing of the payment changes, both stay and no change is reported; the end of what answers a
// late success moves the version, as its opening did.
Step apply(const Payment& payment, const Attempt& attempt, const Judgement& judgement, WallTime now);

// The payment as attempt n+1 of a creation finds it: pending again, after its last attempt was not_executed (protocol
// rules 3 and 4).
Payment reopened(const Payment& payment, WallTime now);

// True for the only failure that its own key may reopen.
bool is_not_executed(const Payment& payment);

}  // namespace florin::payments
