#include "simulator/truth_records.hpp"

namespace florin::simulator {
namespace {

void write_pairs(Writer& out, const Pairs& pairs) {
    out.number(static_cast<std::uint16_t>(pairs.size()));
    for (const auto& [name, value] : pairs) {
        out.text(name);
        out.text(value);
    }
}

Pairs read_pairs(Reader& in) {
    Pairs pairs(in.number<std::uint16_t>());
    for (auto& [name, value] : pairs) {
        name = in.text();
        value = in.text();
    }
    return pairs;
}

void write_references(Writer& out, const References& references) {
    out.text(references.payment);
    out.text(references.operation);
}

References read_references(Reader& in) {
    References references;
    references.payment = in.text();
    references.operation = in.text();
    return references;
}

void write_charge(Writer& out, const Charge& charge) {
    out.number(charge.created_s);
    out.number(charge.amount);
    out.number(charge.captured);
    out.number(charge.capture_before_s);
    out.number(charge.method);
    out.flag(charge.succeeded);
    out.number(charge.decline);
    out.flag(charge.authenticated);
}

Charge read_charge(Reader& in) {
    Charge charge;
    charge.created_s = in.number<std::int64_t>();
    charge.amount = in.number<std::int64_t>();
    charge.captured = in.number<std::int64_t>();
    charge.capture_before_s = in.number<std::int64_t>();
    charge.method = in.number<std::uint8_t>();
    charge.succeeded = in.flag();
    charge.decline = in.number<std::uint8_t>();
    charge.authenticated = in.flag();
    return charge;
}

void write_movement(Writer& out, const Movement& movement) {
    out.number(static_cast<std::uint8_t>(movement.kind));
    out.number(movement.created_us);
    out.number(movement.amount);
    write_references(out, movement.references);
}

Movement read_movement(Reader& in) {
    Movement movement;
    movement.kind = static_cast<Movement::Kind>(in.number<std::uint8_t>());
    movement.created_us = in.number<std::int64_t>();
    movement.amount = in.number<std::int64_t>();
    movement.references = read_references(in);
    return movement;
}

void write_refund(Writer& out, const Refund& refund) {
    out.number(refund.created_us);
    out.number(refund.amount);
    out.number(static_cast<std::uint8_t>(refund.status));
    out.number(static_cast<std::uint8_t>(refund.later));
    out.number(refund.due_us);
    out.number(refund.charge);
    out.flag(refund.is_release);
    out.text(refund.reason);
    write_references(out, refund.references);
    write_pairs(out, refund.metadata);
}

Refund read_refund(Reader& in) {
    Refund refund;
    refund.created_us = in.number<std::int64_t>();
    refund.amount = in.number<std::int64_t>();
    refund.status = static_cast<RefundStatus>(in.number<std::uint8_t>());
    refund.later = static_cast<RefundStatus>(in.number<std::uint8_t>());
    refund.due_us = in.number<std::int64_t>();
    refund.charge = in.number<std::uint8_t>();
    refund.is_release = in.flag();
    refund.reason = in.text();
    refund.references = read_references(in);
    refund.metadata = read_pairs(in);
    return refund;
}

template <class List, class Write>
void write_list(Writer& out, const List& list, Write write) {
    out.number(static_cast<std::uint16_t>(list.size()));
    for (const auto& item : list) write(out, item);
}

template <class List, class Read>
void read_list(Reader& in, List& list, Read read) {
    list.resize(in.number<std::uint16_t>());
    for (auto& item : list) item = read(in);
}

}  // namespace

void write_record(Writer& out, const Intent& intent) {
    out.number(static_cast<std::uint8_t>(RecordKind::intent));
    out.text(intent.id);
    out.number(intent.created_us);
    out.number(intent.changed_us);
    out.number(intent.amount);
    out.text(intent.currency);
    out.number(static_cast<std::uint8_t>(intent.status));
    out.number(static_cast<std::uint8_t>(intent.capture_method));
    out.text(intent.payment_method);
    out.number(intent.method);
    out.text(intent.cancellation_reason);
    out.number(intent.canceled_s);
    out.text(intent.return_url);
    out.text(intent.challenge_url);
    out.number(intent.challenge_began_us);
    out.flag(intent.redirects);
    out.flag(intent.automatic_methods);
    out.flag(intent.allows_redirects);
    out.flag(intent.wants_multicapture);
    out.number(intent.last_decline);
    write_pairs(out, intent.metadata);
    write_references(out, intent.references);
    write_pairs(out, intent.kept);
    write_list(out, intent.charges, write_charge);
    write_list(out, intent.movements, write_movement);
    write_list(out, intent.refunds, write_refund);
}

Intent read_intent(Reader& in) {
    Intent intent;
    intent.id = in.text();
    intent.created_us = in.number<std::int64_t>();
    intent.changed_us = in.number<std::int64_t>();
    intent.amount = in.number<std::int64_t>();
    intent.currency = in.text();
    intent.status = static_cast<Status>(in.number<std::uint8_t>());
    intent.capture_method = static_cast<CaptureMethod>(in.number<std::uint8_t>());
    intent.payment_method = in.text();
    intent.method = in.number<std::int16_t>();
    intent.cancellation_reason = in.text();
    intent.canceled_s = in.number<std::int64_t>();
    intent.return_url = in.text();
    intent.challenge_url = in.text();
    intent.challenge_began_us = in.number<std::int64_t>();
    intent.redirects = in.flag();
    intent.automatic_methods = in.flag();
    intent.allows_redirects = in.flag();
    intent.wants_multicapture = in.flag();
    intent.last_decline = in.number<std::int16_t>();
    intent.metadata = read_pairs(in);
    intent.references = read_references(in);
    intent.kept = read_pairs(in);
    read_list(in, intent.charges, read_charge);
    read_list(in, intent.movements, read_movement);
    read_list(in, intent.refunds, read_refund);
    return intent;
}

void write_record(Writer& out, const StoredAnswer& answer) {
    out.number(static_cast<std::uint8_t>(RecordKind::answer));
    out.text(answer.key);
    out.number(answer.fingerprint);
    out.number(answer.stored_us);
    out.number(answer.status);
    out.number(answer.expand);
    out.number(answer.refund);
    out.text(answer.intent == nullptr ? std::string_view() : std::string_view(answer.intent->id));
    out.text(answer.body);
}

StoredAnswer read_answer(Reader& in, std::string& intent_id) {
    StoredAnswer answer;
    answer.key = in.text();
    answer.fingerprint = in.number<std::uint64_t>();
    answer.stored_us = in.number<std::int64_t>();
    answer.status = in.number<std::int16_t>();
    answer.expand = in.number<Expansions>();
    answer.refund = in.number<std::int16_t>();
    intent_id = in.text();
    answer.body = in.text();
    return answer;
}

void write_clock(Writer& out, std::int64_t offset_us) {
    out.number(static_cast<std::uint8_t>(RecordKind::clock));
    out.number(offset_us);
}

}  // namespace florin::simulator
