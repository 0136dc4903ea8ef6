#include "simulator/event.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "simulator/stripe_json.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {
namespace {

using Shows = Happening::Shows;

constexpr std::string_view kApiVersion = "2026-06-24.dahlia";

// As it was before the first confirmation.
Intent as_created(const Intent& intent) {
    Intent created = intent;
    created.charges.clear();
    created.refunds.clear();
    created.last_decline = -1;
    created.status = intent.payment_method.empty() ? Status::requires_payment_method : Status::requires_confirmation;
    return created;
}

void render_shown(std::string& out, const EventFacts& facts) {
    switch (facts.what.shows) {
        case Shows::created_intent:
            return render_intent(out, as_created(facts.after), 0);
        case Shows::intent:
            return render_intent(out, facts.after, 0);
        case Shows::charge:
            return render_charge(out, facts.after, facts.what.index, 0);
        case Shows::refund:
            return render_refund(out, facts.after, facts.what.index, 0);
    }
}

// Only where it is simple: most events of Stripe have none.
void append_previous(std::string& out, const EventFacts& facts) {
    const auto type = facts.what.type;
    const Told& before = facts.before;
    if (type == "charge.captured") {
        append_member(out, R"(,"previous_attributes":{"amount_captured":)", before.received);
        out.append(before.received == 0 ? ",\"captured\":false}" : "}");
    } else if (type == "refund.updated" || type == "refund.failed") {
        append_word(out, R"(,"previous_attributes":{"status":")", to_string(before.refunds[facts.what.index]));
        out.push_back('}');
    } else if (type == "payment_intent.amount_capturable_updated" && before.status == Status::requires_capture) {
        append_member(out, R"(,"previous_attributes":{"amount_capturable":)", before.capturable);
        out.push_back('}');
    }
}

std::string object_id(const EventFacts& facts) {
    if (facts.what.shows == Shows::charge) return charge_id(facts.after, facts.what.index);
    if (facts.what.shows == Shows::refund) return refund_id(facts.after, facts.what.index);
    return facts.after.id;
}

}  // namespace

std::string_view to_string(Event::State state) {
    switch (state) {
        case Event::State::waiting:
            return "waiting";
        case Event::State::delivered:
            return "delivered";
        case Event::State::dropped:
            return "dropped";
    }
    return {};
}

std::string render_event(std::string_view id, const EventFacts& facts) {
    std::string out;
    out.reserve(2'560);
    append_word(out, R"({"id":")", id);
    append_word(out, R"(,"object":"event","api_version":")", kApiVersion);
    append_member(out, ",\"created\":", facts.created_s);
    out.append(R"(,"data":{"object":)");
    render_shown(out, facts);
    append_previous(out, facts);
    append_member(out, R"(},"livemode":false,"pending_webhooks":1,"request":{"id":)", facts.cause.request_id);
    append_member(out, ",\"idempotency_key\":", facts.cause.idempotency_key);
    append_word(out, R"(},"type":")", facts.what.type);
    out.push_back('}');
    return out;
}

Event make_event(std::string id, const EventFacts& facts) {
    Event event{.id = std::move(id), .type = std::string(facts.what.type), .object_id = object_id(facts)};
    event.intent_id = facts.after.id;
    event.payment_id = references_of(facts.after).payment;
    event.body = render_event(event.id, facts);
    event.metadata = facts.after.metadata;
    return event;
}

std::string sign(std::string_view body, std::int64_t t, const std::vector<std::string>& secrets) {
    const auto time = std::to_string(t);
    const std::string signed_text = time + "." + std::string(body);
    std::string header = "t=" + time;
    for (const auto& secret : secrets) {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int length = 0;
        ::HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
               reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), digest, &length);
        header.append(",v1=");
        for (unsigned int i = 0; i < length; ++i) {
            constexpr std::string_view kHex = "0123456789abcdef";
            header.push_back(kHex[digest[i] >> 4]);
            header.push_back(kHex[digest[i] & 15]);
        }
    }
    return header;
}

}  // namespace florin::simulator
