#include "psp/stripe/intent.hpp"

#include <algorithm>

#include "psp/json_fields.hpp"
#include "psp/stripe/currencies.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/intent_answers.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;
using payments::OperationKind;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool has_our_metadata(const object& intent, const Call& call) {
    const auto* metadata = find_object(intent, "metadata");
    if (metadata == nullptr || find_text(*metadata, "florin_payment") != to_string(call.payment)) return false;
    // Operation and attempt are those of the creation, which other calls do not know.
    if (!creates_payment(call.kind)) return true;
    return find_text(*metadata, "florin_operation") == to_string(call.operation) &&
           find_text(*metadata, "florin_attempt") == std::to_string(call.attempt);
}

// Both name the intent that they belong to, so an exchanged id shows here.
bool parts_agree(const object& intent, std::string_view id) {
    const auto secret = find_text(intent, "client_secret");
    if (secret && !secret->starts_with(std::string(id) + "_secret")) return false;
    const auto* charge = find_object(intent, "latest_charge");
    return charge == nullptr || find_text(*charge, "payment_intent").value_or(id) == id;
}

// The whole amount of the payment, in Stripe's units.
std::optional<std::int64_t> whole_amount(const Call& call) {
    if (!creates_payment(call.kind) && !call.payment_amount) return std::nullopt;
    const auto amount = stripe_amount(creates_payment(call.kind) ? call.amount : *call.payment_amount);
    return amount ? std::optional(*amount) : std::nullopt;
}

// Of what was authorized nothing appears or vanishes: a hold is what was not captured, and every other state holds
// nothing.
std::string figures_contradiction(const object& intent, std::int64_t amount) {
    const auto received = find_integer(intent, "amount_received");
    if (!received || *received < 0 || *received > amount) return "amount_received";
    const bool holds = find_text(intent, "status") == "requires_capture";
    if (find_integer(intent, "amount_capturable") != (holds ? amount - *received : 0)) return "amount_capturable";
    const auto* charge = find_object(intent, "latest_charge");
    if (charge == nullptr) return {};
    const bool agrees = find_integer(*charge, "amount").value_or(amount) == amount &&
                        find_integer(*charge, "amount_captured").value_or(*received) == *received &&
                        find_text(*charge, "status").value_or("succeeded") == "succeeded";
    return agrees ? "" : "latest_charge";
}

}  // namespace

std::string contradiction(const object& intent, const Expectation& expected) {
    const auto id = find_text(intent, "id").value_or("");
    if (find_text(intent, "object") != "payment_intent") return "object";
    if (!is_intent_id(id) || !parts_agree(intent, id)) return "id";
    if (!expected.reference.empty() && id != expected.reference) return "id";
    if (!has_our_metadata(intent, expected.call)) return "metadata";
    const auto amount = whole_amount(expected.call);
    if (!amount || find_integer(intent, "amount") != *amount) return "amount";
    if (!equal_ignoring_case(find_text(intent, "currency").value_or(""), expected.call.amount.currency().code())) {
        return "currency";
    }
    if (find_flag(intent, "livemode") != expected.live) return "livemode";
    return creates_payment(expected.call.kind) ? std::string() : figures_contradiction(intent, *amount);
}

std::optional<std::string> own_reference(const object& intent, const Expectation& expected) {
    const auto id = find_text(intent, "id").value_or("");
    const bool asked_for = expected.reference.empty() || id == expected.reference;
    if (!asked_for || !is_intent_id(id) || !parts_agree(intent, id) || !has_our_metadata(intent, expected.call))
        return {};
    return std::string(id);
}

bool is_uncharged(const object& intent, const Expectation& expected) {
    const auto status = find_text(intent, "status");
    return contradiction(intent, expected).empty() && find_integer(intent, "amount_received") == 0 &&
           (status == "requires_payment_method" || status == "canceled");
}

Answer contradicting(const object& intent, const Expectation& expected, std::string_view member) {
    Answer answer{.reference = own_reference(intent, expected), .alert = true, .evidence = {}};
    answer.evidence = "the object contradicts the request in " + std::string(member);
    return answer;
}

Answer plain_answer(const object& intent, const Expectation& expected) {
    return {.reference = own_reference(intent, expected),
            .evidence = std::string(plain_word(find_text(intent, "status").value_or("")))};
}

std::optional<Answer> find_in_intent(const object& intent, const Expectation& expected) {
    if (const auto member = contradiction(intent, expected); !member.empty()) {
        return contradicting(intent, expected, member);
    }
    switch (expected.call.kind) {
        case OperationKind::sale:
        case OperationKind::authorize:
            return creation_in(intent, expected);
        case OperationKind::capture:
            return capture_in(intent, expected);
        case OperationKind::void_:
        case OperationKind::expire:
            return release_in(intent, expected);
        case OperationKind::refund:
        case OperationKind::capture_failure:
        case OperationKind::refund_failure:
        case OperationKind::late_void:
        case OperationKind::late_refund:
        case OperationKind::late_suspense:
            return std::nullopt;  // an intent says nothing of them
    }
    return std::nullopt;
}

Answer answer_of_intent(const object& intent, const Expectation& expected) {
    if (auto found = find_in_intent(intent, expected)) return std::move(*found);
    auto answer = plain_answer(intent, expected);
    answer.evidence += ", nothing of this call";
    return answer;
}

std::string_view plain_word(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    };
    return text.size() <= 64 && std::ranges::all_of(text, is_plain) ? text : "?";
}

}  // namespace florin::psp::stripe
