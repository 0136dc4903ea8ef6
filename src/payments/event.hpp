// Events for merchants: which changes of a payment are one, and of which type. An event is the end of an attempt, or a
// change of status that ends none; a refusal that is stored without a PSP call changes nothing and is none. One table,
// read by the compiler; api/openapi.yaml has the same list.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "payments/operation.hpp"

namespace florin::payments {

enum class EventType : std::uint8_t {
    payment_pending,              // pending again: the payer acted, or the request was repeated after not executed
    payment_requires_action,      // the payer must act
    payment_authorized,           // the amount is held
    payment_captured,             // all or a part of it was taken
    payment_failed,               // the creation was declined or not executed
    payment_voided,               // what was still held was released
    payment_expired,              // the same, because capture_before passed
    payment_capture_failed,       // a capture was refused or not executed, or the PSP took it back later
    payment_void_failed,          // a release, the merchant's or ours, was refused or not executed
    refund_succeeded,             //
    refund_failed,                // refused or not executed, or the PSP took it back later
    payment_compensated,          // a success that came too late was undone, or booked to suspense
    payment_compensation_failed,  // undoing it was refused or not executed
};
std::string_view to_string(EventType type);  // "payment.captured"
std::optional<EventType> parse_event_type(std::string_view text);

// What the end of an attempt is; not_executed is what a decline is.
struct EventRow {
    OperationKind kind;
    EventType approved;
    EventType failed;
};

inline constexpr auto kEvents = [] {
    using enum OperationKind;
    using enum EventType;
    return std::to_array<EventRow>({
        {sale, payment_captured, payment_failed},
        {authorize, payment_authorized, payment_failed},
        {capture, payment_captured, payment_capture_failed},
        {void_, payment_voided, payment_void_failed},
        {refund, refund_succeeded, refund_failed},
        {expire, payment_expired, payment_void_failed},
        {capture_failure, payment_capture_failed, payment_capture_failed},
        {refund_failure, refund_failed, refund_failed},
        {late_void, payment_compensated, payment_compensation_failed},
        {late_refund, payment_compensated, payment_compensation_failed},
        {late_suspense, payment_compensated, payment_compensation_failed},
    });
}();
static_assert(std::ranges::all_of(kEvents, [](const EventRow& row) {
    return std::ranges::count(kEvents, row.kind, &EventRow::kind) == 1;
}));

// The end of an attempt. `outcome` is one that closes it.
EventType event_type(OperationKind kind, Outcome outcome);
// A change to this status that ended no attempt; empty for a status that only the end of one makes.
std::optional<EventType> event_type(Status interim);

// True of what may wait while others are delivered: no money moved, and no attempt to move it or hold it ended in vain.
constexpr bool is_informational(EventType type) {
    using enum EventType;
    return type == payment_pending || type == payment_requires_action || type == payment_voided ||
           type == payment_expired || type == payment_void_failed;
}

// True when the step is an event: the payment then carries its number.
bool is_event(const Payment& before, const Step& step);

}  // namespace florin::payments
