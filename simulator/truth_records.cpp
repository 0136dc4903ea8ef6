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

void write_charge(Writer& out, const Charge& charge) {
    out.number(charge.created_s);
    out.number(charge.amount);
    out.number(charge.method);
    out.number(static_cast<std::uint8_t>(charge.succeeded));
    out.number(charge.decline);
    out.number(static_cast<std::uint8_t>(charge.authenticated));
}

Charge read_charge(Reader& in) {
    Charge charge;
    charge.created_s = in.number<std::int64_t>();
    charge.amount = in.number<std::int64_t>();
    charge.method = in.number<std::uint8_t>();
    charge.succeeded = in.number<std::uint8_t>() != 0;
    charge.decline = in.number<std::uint8_t>();
    charge.authenticated = in.number<std::uint8_t>() != 0;
    return charge;
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
    out.number(static_cast<std::uint8_t>(intent.redirects));
    out.number(static_cast<std::uint8_t>(intent.automatic_methods));
    out.number(static_cast<std::uint8_t>(intent.allows_redirects));
    out.number(intent.last_decline);
    write_pairs(out, intent.metadata);
    write_pairs(out, intent.kept);
    out.number(static_cast<std::uint16_t>(intent.charges.size()));
    for (const auto& charge : intent.charges) write_charge(out, charge);
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
    intent.redirects = in.number<std::uint8_t>() != 0;
    intent.automatic_methods = in.number<std::uint8_t>() != 0;
    intent.allows_redirects = in.number<std::uint8_t>() != 0;
    intent.last_decline = in.number<std::int16_t>();
    intent.metadata = read_pairs(in);
    intent.kept = read_pairs(in);
    intent.charges.resize(in.number<std::uint16_t>());
    for (auto& charge : intent.charges) charge = read_charge(in);
    return intent;
}

void write_record(Writer& out, const StoredAnswer& answer) {
    out.number(static_cast<std::uint8_t>(RecordKind::answer));
    out.text(answer.key);
    out.number(answer.fingerprint);
    out.number(answer.stored_us);
    out.number(answer.status);
    out.number(static_cast<std::uint8_t>(answer.expand_charge));
    out.text(answer.intent == nullptr ? std::string_view() : std::string_view(answer.intent->id));
    out.text(answer.body);
}

StoredAnswer read_answer(Reader& in, std::string& intent_id) {
    StoredAnswer answer;
    answer.key = in.text();
    answer.fingerprint = in.number<std::uint64_t>();
    answer.stored_us = in.number<std::int64_t>();
    answer.status = in.number<std::int16_t>();
    answer.expand_charge = in.number<std::uint8_t>() != 0;
    intent_id = in.text();
    answer.body = in.text();
    return answer;
}

void write_clock(Writer& out, std::int64_t offset_us) {
    out.number(static_cast<std::uint8_t>(RecordKind::clock));
    out.number(offset_us);
}

}  // namespace florin::simulator
