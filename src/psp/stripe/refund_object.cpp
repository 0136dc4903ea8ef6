#include "psp/stripe/refund_object.hpp"

#include <algorithm>

#include "psp/json_fields.hpp"
#include "psp/stripe/currencies.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/encode.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

bool has_our_metadata(const object& refund, const Call& call) {
    const auto* metadata = find_object(refund, "metadata");
    return metadata != nullptr && find_text(*metadata, "florin_payment") == to_string(call.payment) &&
           find_text(*metadata, "florin_operation") == to_string(call.operation) &&
           find_text(*metadata, "florin_attempt") == std::to_string(call.attempt);
}

bool is_currency(std::string_view text, Currency currency) {
    return std::ranges::equal(text, currency.code(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::string refund_contradiction(const object& refund, const Expectation& expected) {
    const auto id = find_text(refund, "id").value_or("");
    if (find_text(refund, "object") != "refund") return "object";
    if (!is_refund_id(id) || (!expected.reference.empty() && id != expected.reference)) return "id";
    if (!has_our_metadata(refund, expected.call)) return "metadata";
    const auto intent = find_text(refund, "payment_intent");
    if (!intent || intent != expected.call.payment_reference) return "payment_intent";
    const auto amount = stripe_amount(expected.call.amount);
    if (!amount || find_integer(refund, "amount") != *amount) return "amount";
    if (!is_currency(find_text(refund, "currency").value_or(""), expected.call.amount.currency())) return "currency";
    // Not a member today; should it come, it has to agree.
    if (find_flag(refund, "livemode").value_or(expected.live) != expected.live) return "livemode";
    return {};
}

std::optional<std::string> own_refund(const object& refund, const Expectation& expected) {
    const auto id = find_text(refund, "id").value_or("");
    const bool asked_for = expected.reference.empty() || id == expected.reference;
    if (!asked_for || !is_refund_id(id) || !has_our_metadata(refund, expected.call)) return {};
    return std::string(id);
}

}  // namespace

Answer answer_of_refund(const object& refund, const Expectation& expected) {
    Answer answer{.reference = own_refund(refund, expected), .evidence = {}};
    if (const auto member = refund_contradiction(refund, expected); !member.empty()) {
        answer.alert = true;
        answer.evidence = "the object contradicts the request in " + member;
        return answer;
    }
    const auto status = find_text(refund, "status").value_or("");
    answer.evidence = std::string(plain_word(status));
    if (status == "succeeded") answer.kind = Answer::Kind::approved;
    if (status == "pending" || status == "requires_action") answer.kind = Answer::Kind::accepted;
    if (status == "failed" || status == "canceled") {
        const auto reason = find_text(refund, "failure_reason").value_or("");
        answer.kind = Answer::Kind::declined;
        answer.decline = refund_decline(reason);
        answer.evidence += " " + std::string(plain_word(reason));
    }
    return answer;
}

// amount_refunded may count what was never captured and therefore released: then all that is above it was given back.
bool leaves_less_than_asked(const object& intent, const Expectation& expected) {
    const auto* charge = find_object(intent, "latest_charge");
    if (charge == nullptr || !contradiction(intent, expected).empty()) return false;
    const auto amount = find_integer(*charge, "amount");
    const auto captured = find_integer(*charge, "amount_captured");
    const auto refunded = find_integer(*charge, "amount_refunded");
    const auto asked = stripe_amount(expected.call.amount);
    if (!amount || !captured || !asked || !refunded || *refunded < 0 || *refunded > *amount) return false;
    const auto uncaptured = *amount - *captured;
    const auto given_back = std::max<std::int64_t>(0, *refunded - uncaptured);
    return *captured - given_back < *asked;
}

}  // namespace florin::psp::stripe
