// The rules of a sale (one-step payment): what a settled or open attempt makes of its payment. Pure.
#pragma once

#include <optional>
#include <string>

#include "payments/outcome.hpp"
#include "payments/payment.hpp"
#include "payments/status.hpp"

namespace florin::payments {

enum class OperationKind : std::uint8_t { sale };
std::string_view to_string(OperationKind kind);
std::optional<OperationKind> parse_operation_kind(std::string_view text);

// One try of an operation at one PSP.
struct Attempt {
    OperationId operation;
    std::int16_t number = 1;
    PaymentId payment;
    OperationKind kind = OperationKind::sale;
    Money amount;
    std::string psp;
    std::string psp_account;
    std::int16_t encoder_version = 1;
    std::string actor;  // "key:key_…", "system:resolver"
    RequestId request;  // the request that opened this attempt
};

// What is known about an attempt, judged (rule 5 has been applied: not_executed is proven).
struct Judgement {
    Outcome outcome = Outcome::unknown;
    std::optional<std::string> psp_reference;
    std::optional<Decline> decline;         // with declined
    std::optional<NextAction> next_action;  // with action_required
};

// The payment after a judgement, with what must be written beside it.
struct SaleStep {
    Payment payment;                     // status, amounts, references and version as they will be
    std::optional<StatusChange> change;  // set when the status differs: one audit row
    // Only where the judgement closes the attempt:
    int http_status = 0;  // 200, 402, 422 or 503
    std::string body;     // the whole response body, byte for byte; also what a replay answers
};

// True while an attempt may still settle the payment: it is pending, in requires_action, or failed with not_executed.
bool can_settle(const Payment& payment);

// `payment` is as last read and can_settle() holds; its version is what the compare-and-set expects. Where nothing of
// the payment changes, version and updated_at stay and no change is reported.
SaleStep apply(const Payment& payment, const Attempt& attempt, const Judgement& judgement, WallTime now);

// The payment as attempt n+1 finds it: pending again, after its last attempt was not_executed (protocol rules 3 and 4).
Payment reopened(const Payment& payment, WallTime now);

// True for the only failure that its own key may reopen.
bool is_not_executed(const Payment& payment);

}  // namespace florin::payments
