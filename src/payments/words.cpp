#include "payments/words.hpp"

#include "payments/attempt_life.hpp"
#include "payments/operation.hpp"
#include "payments/outcome.hpp"
#include "payments/payment.hpp"

namespace florin::payments {
namespace {

constexpr auto kStatusWords = std::to_array<Word<Status>>({
    {Status::pending, "pending"},
    {Status::requires_action, "requires_action"},
    {Status::authorized, "authorized"},
    {Status::partially_captured, "partially_captured"},
    {Status::captured, "captured"},
    {Status::partially_refunded, "partially_refunded"},
    {Status::refunded, "refunded"},
    {Status::voided, "voided"},
    {Status::expired, "expired"},
    {Status::failed, "failed"},
});

constexpr auto kOutcomeWords = std::to_array<Word<Outcome>>({
    {Outcome::approved, "approved"},
    {Outcome::declined, "declined"},
    {Outcome::action_required, "action_required"},
    {Outcome::accepted, "accepted"},
    {Outcome::not_executed, "not_executed"},
    {Outcome::unknown, "unknown"},
});

constexpr auto kDeclineWords = std::to_array<Word<DeclineClass>>({
    {DeclineClass::hard, "hard"},
    {DeclineClass::soft, "soft"},
    {DeclineClass::needs_data, "needs_data"},
    {DeclineClass::needs_authentication, "needs_authentication"},
    {DeclineClass::invalid_request, "invalid_request"},
});

constexpr auto kOperationWords = std::to_array<Word<OperationKind>>({
    {OperationKind::sale, "sale"},
    {OperationKind::authorize, "authorize"},
    {OperationKind::capture, "capture"},
    {OperationKind::void_, "void"},
    {OperationKind::refund, "refund"},
    {OperationKind::expire, "expire"},
    {OperationKind::capture_failure, "capture_failure"},
    {OperationKind::refund_failure, "refund_failure"},
    {OperationKind::late_void, "late_void"},
    {OperationKind::late_refund, "late_refund"},
    {OperationKind::late_suspense, "late_suspense"},
});

constexpr auto kAttemptWords = std::to_array<Word<AttemptState>>({
    {AttemptState::open, "open"},
    {AttemptState::unknown, "unknown"},
    {AttemptState::action_required, "action_required"},
    {AttemptState::processing, "processing"},
    {AttemptState::succeeded, "succeeded"},
    {AttemptState::declined, "declined"},
    {AttemptState::not_executed, "not_executed"},
});

}  // namespace

std::string_view to_string(Status status) {
    return word_of(kStatusWords, status);
}
std::optional<Status> parse_status(std::string_view text) {
    return value_of(kStatusWords, text);
}

std::string_view to_string(Outcome outcome) {
    return word_of(kOutcomeWords, outcome);
}
std::optional<Outcome> parse_outcome(std::string_view text) {
    return value_of(kOutcomeWords, text);
}

std::string_view to_string(DeclineClass decline) {
    return word_of(kDeclineWords, decline);
}

std::string_view to_string(OperationKind kind) {
    return word_of(kOperationWords, kind);
}
std::optional<OperationKind> parse_operation_kind(std::string_view text) {
    return value_of(kOperationWords, text);
}

std::string_view to_string(AttemptState state) {
    return word_of(kAttemptWords, state);
}

}  // namespace florin::payments
