// Stripe's answers to each call. The input: one byte for the call, one for the status, one for the way it came, then
// the body. Whatever the bytes say, nothing is approved or declined that the body, read by another reader, does not
// show.
#include <boost/json/parse.hpp>

#include "fuzz/stripe_calls.hpp"
#include "psp/stripe/decode.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/redirect.hpp"

namespace florin::fuzz {
namespace {

using payments::OperationKind;
using psp::Answer;
using psp::Call;
using Kind = Answer::Kind;

struct Wire {
    http::ClientAnswer answer{};
    bool live = false;
    bool read_back = false;
    bool is_json = true;
};

Wire wire_of(std::string_view head, std::string_view body) {
    constexpr int kStatuses[] = {200, 200, 200, 402, 400, 404, 401, 403, 409, 429, 500, 503, 201, 302, 100, 0};
    const auto way = static_cast<unsigned char>(head[1]);
    Wire wire{.live = (way & 1) != 0, .read_back = (way & 2) != 0, .is_json = (way & 4) == 0};
    wire.answer.status = kStatuses[static_cast<unsigned char>(head[0]) % std::size(kStatuses)];
    wire.answer.body = body;
    wire.answer.headers.emplace_back("content-type", wire.is_json ? "application/json" : "text/html");
    if ((way & 8) != 0) wire.answer.headers.emplace_back("idempotent-replayed", "true");
    return wire;
}

// The body as Boost's reader has it; null when it is none.
boost::json::value read_plainly(std::string_view body) {
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 64;
    auto read = boost::json::parse({body.data(), body.size()}, error, {}, options);
    return error ? boost::json::value() : read;
}

std::int64_t integer(const boost::json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    return member != nullptr && member->is_int64() ? member->get_int64() : -1;
}

std::string text(const boost::json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(std::string_view(member->get_string())) : "";
}

// Money moved as asked: the amounts of an approval are in the body.
void must_be_shown(const Call& call, const Wire& wire, const boost::json::object& body) {
    const bool refund = call.kind == OperationKind::refund;
    must(text(body, "object") == (refund ? "refund" : "payment_intent"), "the object is of the call's kind");
    const auto whole = refund || creates_payment(call.kind) ? call.amount : *call.payment_amount;
    must(integer(body, "amount") == whole.minor_units(), "the amount is the one that was asked for");
    must(text(body, "currency") == "usd" || text(body, "currency") == "USD" || text(body, "currency").size() == 3,
         "the currency is there");
    must(body.at("metadata").at("florin_payment").as_string() == to_string(call.payment), "the payment is ours");
    if (!refund) must(body.at("livemode").as_bool() == wire.live, "the mode is ours");
    const auto status = text(body, "status");
    switch (call.kind) {
        case OperationKind::sale:
            must(status == "succeeded" && integer(body, "amount_received") == whole.minor_units(), "all was taken");
            break;
        case OperationKind::authorize:
            must(status == "requires_capture" && integer(body, "amount_capturable") == whole.minor_units(),
                 "all is held");
            break;
        case OperationKind::capture:
            must(integer(body, "amount_received") >= call.amount.minor_units(), "at least this was taken");
            must(body.at("metadata").as_object().contains(to_string(call.operation)), "the capture is named");
            break;
        case OperationKind::void_:
        case OperationKind::expire:
            must(integer(body, "amount_capturable") == 0, "nothing is held");
            break;
        default:
            must(status == "succeeded", "the refund went through");
    }
}

bool is_plain_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

// What holds for every answer.
void must_be_sound(const Call& call, const Wire& wire, const Answer& answer) {
    must(answer.http_status == wire.answer.status, "the status is the wire's");
    must(answer.decline.has_value() == (answer.kind == Kind::declined), "declines have a reason, nothing else has");
    must(!answer.decline || (is_plain_ascii(answer.decline->code) && !answer.decline->code.empty()), "with a code");
    must(!answer.decline || json::is_utf8(answer.decline->reason), "in readable words");
    must(answer.evidence.size() <= 300 && is_plain_ascii(answer.evidence), "evidence is short and plain");
    const bool refund = call.kind == OperationKind::refund;
    must(!answer.reference ||
             (refund ? psp::stripe::is_refund_id(*answer.reference) : psp::stripe::is_intent_id(*answer.reference)),
         "a reference is an id that may stand in a path");
    must(!answer.next_action || psp::stripe::is_safe_redirect(answer.next_action->url, wire.live),
         "redirects are safe");
    must(answer.kind != Kind::approved || call.kind != OperationKind::authorize || answer.capture_before,
         "a hold has an end");
    must(!answer.multiple_captures || call.parameters.multiple_captures, "only what was asked for is granted");
    must(answer.kind != Kind::refused_unsent, "an answer proves that something was sent");
}

void must_be_earned(const Call& call, const Wire& wire, const Answer& answer) {
    const auto body = read_plainly(wire.answer.body);
    if (!wire.is_json || !body.is_object()) {
        must(answer.kind == Kind::unclear && !answer.reference && !answer.decline, "garbage says nothing");
        return;
    }
    if (wire.answer.status >= 500 || wire.answer.status < 200 || wire.answer.status / 100 == 3)
        must(answer.kind == Kind::unclear, "a server's error says nothing");
    if (answer.kind == Kind::approved || answer.kind == Kind::accepted || answer.kind == Kind::action_required)
        must(wire.answer.status == 200 && answer.reference.has_value(), "only an object that was sent says yes");
    if (answer.kind == Kind::approved) must_be_shown(call, wire, body.get_object());
    if (answer.kind == Kind::declined && wire.answer.status != 200)
        must(body.get_object().contains("error"), "a refusal is an error object");
}

void must_be_judged_safely(const Answer& answer) {
    for (const bool only_call : {true, false}) {
        const auto outcome = psp::judge(answer, only_call).outcome;
        must(outcome != payments::Outcome::not_executed || only_call, "a repeat proves no absence");
        must((outcome == payments::Outcome::approved) == (answer.kind == Kind::approved), "approved is approved");
        must(outcome != payments::Outcome::declined || answer.kind == Kind::declined, "declined is declined");
        must(answer.kind != Kind::unclear || outcome == payments::Outcome::unknown, "unclear is unknown");
    }
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    if (size < 3) return 0;
    const auto bytes = text_of(data, size);
    const auto call = call_of(bytes[0]);
    const auto wire = wire_of(bytes.substr(1, 2), bytes.substr(3));
    const florin::psp::stripe::Expectation expected{.call = call, .live = wire.live, .read_back = wire.read_back};
    const auto answer = florin::psp::stripe::decode_call(wire.answer, expected);
    must_be_sound(call, wire, answer);
    must_be_earned(call, wire, answer);
    must_be_judged_safely(answer);

    const auto object = florin::psp::stripe::decode_object(wire.answer, expected);
    must_be_sound(call, wire, object);
    must_be_earned(call, wire, object);
    must(wire.answer.status == 200 || object.kind == Kind::unclear, "a read that fails says nothing");
    return 0;
}
