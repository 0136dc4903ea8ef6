// The records of the truth log (truth_log.hpp has the frame around them).
#pragma once

#include "simulator/stripe_objects.hpp"
#include "simulator/truth.hpp"
#include "simulator/truth_log.hpp"

namespace florin::simulator {

enum class RecordKind : std::uint8_t {
    intent = 1,  // the whole state of one PaymentIntent; the last one counts
    answer = 2,  // an idempotency key and its answer: body, or the intent that renders it
    clock = 3,   // the clock's offset, microseconds
};

void write_record(Writer& out, const Intent& intent);
void write_record(Writer& out, const StoredAnswer& answer);
void write_clock(Writer& out, std::int64_t offset_us);

Intent read_intent(Reader& in);
// `intent_id` names the intent that renders it; empty when the body is stored.
StoredAnswer read_answer(Reader& in, std::string& intent_id);

}  // namespace florin::simulator
