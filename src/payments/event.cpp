#include "payments/event.hpp"

#include "base/assert.hpp"
#include "payments/words.hpp"

namespace florin::payments {
namespace {

constexpr auto kWords = std::to_array<Word<EventType>>({
    {EventType::payment_pending, "payment.pending"},
    {EventType::payment_requires_action, "payment.requires_action"},
    {EventType::payment_authorized, "payment.authorized"},
    {EventType::payment_captured, "payment.captured"},
    {EventType::payment_failed, "payment.failed"},
    {EventType::payment_voided, "payment.voided"},
    {EventType::payment_expired, "payment.expired"},
    {EventType::payment_capture_failed, "payment.capture_failed"},
    {EventType::payment_void_failed, "payment.void_failed"},
    {EventType::refund_succeeded, "refund.succeeded"},
    {EventType::refund_failed, "refund.failed"},
    {EventType::payment_compensated, "payment.compensated"},
    {EventType::payment_compensation_failed, "payment.compensation_failed"},
});

}  // namespace

std::string_view to_string(EventType type) {
    return word_of(kWords, type);
}
std::optional<EventType> parse_event_type(std::string_view text) {
    return value_of(kWords, text);
}

EventType event_type(OperationKind kind, Outcome outcome) {
    const auto* row = std::ranges::find(kEvents, kind, &EventRow::kind);
    FLORIN_ASSERT(row != kEvents.end() && closes_attempt(outcome));
    return outcome == Outcome::approved ? row->approved : row->failed;
}

std::optional<EventType> event_type(Status interim) {
    if (interim == Status::pending) return EventType::payment_pending;
    if (interim == Status::requires_action) return EventType::payment_requires_action;
    return std::nullopt;
}

bool is_event(const Payment& before, const Step& step) {
    const bool ends_attempt = step.http_status != 0 && step.payment.version != before.version;
    return ends_attempt || step.change.has_value();
}

}  // namespace florin::payments
