// A webhook of Stripe: the first line of the input is the signature header, the rest the body. Nobody who does not know
// the secret gets in, whatever he writes; what was signed is an event whose envelope is whole, or refused; and what is
// read of it are words and amounts that Florin could have sent.
#include <algorithm>

#include "base/hash.hpp"
#include "fuzz/property.hpp"
#include "psp/stripe/event.hpp"
#include "psp/stripe/event_source.hpp"
#include "psp/stripe/form.hpp"
#include "psp/stripe/signature.hpp"

namespace florin::fuzz {
namespace {

const std::vector<Secret> kSecrets{Secret("whsec_of_the_fuzzer_1"), Secret("whsec_of_the_fuzzer_2")};
const WallTime kNow{std::chrono::seconds(1'700'000'000)};

std::string sign(const Secret& secret, std::string_view body) {
    const std::string time = "1700000000";
    return "t=" + time + ",v1=" + to_hex(hmac_sha256(secret.expose(), time + "." + std::string(body)));
}

void check_header(std::string_view header, const std::string& body) {
    using psp::stripe::verify_signature;
    must(!verify_signature(header, body, kSecrets, kNow), "nobody gets in without the secret");
    const auto signed_header = sign(kSecrets[1], body);
    must(verify_signature(signed_header, body, kSecrets, kNow) == 1U, "the signer is known");
    must(!verify_signature(signed_header, body + "x", kSecrets, kNow), "a signature is of one body");
    must(!verify_signature(signed_header, body, std::span(kSecrets).first(1), kNow), "a signature is of one secret");
    // What stands beside a good signature makes the header ambiguous or changes nothing.
    const auto beside = verify_signature(signed_header + "," + std::string(header), body, kSecrets, kNow);
    must(beside ? *beside == 1U : beside.error() == psp::BadDelivery::malformed, "a signature stands for itself");
}

void check_subject(const psp::Subject& subject) {
    must(psp::stripe::is_word(subject.object) && !subject.object.empty(), "the object's kind is a word");
    for (const auto& reference : {subject.payment_reference, subject.reference})
        must(!reference || (psp::stripe::is_word(*reference) && reference->size() <= 255), "a reference is a word");
    must(!subject.payment_reference || subject.payment_reference->starts_with("pi_"), "a payment is an intent");
    must(!subject.attempt || *subject.attempt > 0, "attempts are counted from 1");
    must(!subject.amount || (subject.amount->minor_units() > 0 && subject.amount->minor_units() <= 99'999'999),
         "an amount is one that can be charged");
}

void check_event(const std::string& body) {
    const auto event = psp::stripe::read_event(body);
    if (!event) {
        must_be_showable(event.error());
        return;
    }
    must(body.size() <= psp::stripe::kEventBytes, "a long body is no event");
    must(event->id.starts_with("evt_") && event->id.size() <= 255 && psp::stripe::is_word(event->id),
         "an id is a word");
    must(!event->type.empty() && event->type.size() <= 100 && json::is_utf8(event->type), "a type is a word");
    must(event->created.time_since_epoch().count() >= 0, "it was made after 1970");
    if (event->subject) check_subject(*event->subject);
}

void check_source(const std::string& body) {
    const psp::stripe::StripeEvents source({{"test", false, {kSecrets[0]}}, {"live", true, {kSecrets[1]}}});
    const auto event = psp::stripe::read_event(body);
    for (const bool live : {false, true}) {
        const auto delivery = source.read(sign(kSecrets[live ? 1 : 0], body), body, kNow);
        const bool belongs = event && event->live == live;
        must(delivery.has_value() == belongs, "an event is of the mode of its secret");
        if (delivery) must(delivery->account == (live ? "live" : "test"), "an event is of the account of its secret");
        if (!delivery) must(is_authentic(delivery.error().why), "what is signed and refused is told");
    }
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    const auto text = fuzz::text_of(data, size);
    const auto line = text.find('\n');
    const std::string body(line == std::string::npos ? std::string_view() : text.substr(line + 1));
    fuzz::check_header(text.substr(0, line), body);
    fuzz::check_event(body);
    fuzz::check_source(body);
    return 0;
}
