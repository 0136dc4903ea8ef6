// What a merchant is told of an event: the fields of the source document at the top level, and under `data` the
// payment's document as it was, with the operation that the event is about. Rendered by one pure function, for
// GET /events and for webhooks.
#pragma once

#include <string>

#include "store/events.hpp"

namespace florin::events {

// {"id":"evt_…","event":"payment.captured","type":"payment.captured","payment_id":"pay_…","amount":…,"currency":…,
// "timestamp":…,"sequence":…,"live":…,"data":{…}}. The amount is that of the operation. A notice has no payment_id,
// amount, currency and sequence. Of one event always the same bytes.
std::string document(const store::ToldEvent& event);

// The payment's document within the stored body of an answer: the body itself, or what a problem carries as `payment`.
std::string_view payment_document(std::string_view body);

}  // namespace florin::events
