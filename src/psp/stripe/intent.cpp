#include "psp/stripe/intent.hpp"

#include <algorithm>

#include "psp/json_fields.hpp"
#include "psp/stripe/currencies.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/redirect.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

bool has_our_metadata(const object& intent, const SaleCall& call) {
    const auto* metadata = find_object(intent, "metadata");
    return metadata != nullptr && find_text(*metadata, "florin_payment") == to_string(call.payment) &&
           find_text(*metadata, "florin_operation") == to_string(call.operation) &&
           find_text(*metadata, "florin_attempt") == std::to_string(call.attempt);
}

// Both name the intent that they belong to, so an exchanged id shows here.
bool parts_agree(const object& intent, std::string_view id) {
    const auto secret = find_text(intent, "client_secret");
    if (secret && !secret->starts_with(std::string(id) + "_secret")) return false;
    const auto* charge = find_object(intent, "latest_charge");
    return charge == nullptr || find_text(*charge, "payment_intent").value_or(id) == id;
}

bool charge_agrees(const object& intent, std::int64_t amount) {
    const auto* charge = find_object(intent, "latest_charge");
    if (charge == nullptr) return true;
    return find_integer(*charge, "amount").value_or(amount) == amount &&
           find_text(*charge, "status").value_or("succeeded") == "succeeded" &&
           find_flag(*charge, "captured").value_or(true);
}

Answer contradicting(const object& intent, const Expectation& expected, std::string_view member) {
    Answer answer{.reference = own_reference(intent, expected), .alert = true, .evidence = {}};
    answer.evidence = "the object contradicts the request in " + std::string(member);
    return answer;
}

Answer succeeded(const object& intent, const Expectation& expected, Answer answer) {
    const auto amount = find_integer(intent, "amount").value_or(0);
    // Less than asked is a partial approval, which a sale does not accept.
    if (find_integer(intent, "amount_received") != amount) return contradicting(intent, expected, "amount_received");
    if (!charge_agrees(intent, amount)) return contradicting(intent, expected, "latest_charge");
    answer.kind = Answer::Kind::approved;
    return answer;
}

Answer needs_payer(const object& intent, const Expectation& expected, Answer answer) {
    answer.kind = Answer::Kind::action_required;
    const auto* action = find_object(intent, "next_action");
    const auto* redirect = action == nullptr ? nullptr : find_object(*action, "redirect_to_url");
    if (redirect == nullptr) return answer;  // without return_url Stripe offers only its own browser library
    const auto url = find_text(*redirect, "url");
    if (!url || !is_safe_redirect(*url, expected.live)) return contradicting(intent, expected, "next_action");
    answer.next_action = payments::NextAction{std::string(*url)};
    return answer;
}

Answer failed_before(const object& intent, Answer answer) {
    const auto* error = find_object(intent, "last_payment_error");
    if (error == nullptr) return answer;  // created but never tried: says nothing about what is on its way
    answer.kind = Answer::Kind::declined;
    answer.decline = decline_of(find_text(*error, "code").value_or(""), find_text(*error, "decline_code").value_or(""),
                                find_text(*error, "advice_code").value_or(""));
    return answer;
}

Answer canceled(const object& intent, Answer answer) {
    answer.kind = Answer::Kind::declined;
    answer.decline = canceled_decline(find_text(intent, "cancellation_reason").value_or(""));
    return answer;
}

}  // namespace

std::string contradiction(const object& intent, const Expectation& expected) {
    const auto id = find_text(intent, "id").value_or("");
    if (find_text(intent, "object") != "payment_intent") return "object";
    if (!is_intent_id(id) || !parts_agree(intent, id)) return "id";
    if (!expected.reference.empty() && id != expected.reference) return "id";
    if (!has_our_metadata(intent, expected.call)) return "metadata";
    const auto amount = stripe_amount(expected.call.amount);
    if (!amount || find_integer(intent, "amount") != *amount) return "amount";
    if (!equal_ignoring_case(find_text(intent, "currency").value_or(""), expected.call.amount.currency().code())) {
        return "currency";
    }
    if (find_flag(intent, "livemode") != expected.live) return "livemode";
    return {};
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

Answer answer_of_intent(const object& intent, const Expectation& expected) {
    if (const auto member = contradiction(intent, expected); !member.empty()) {
        return contradicting(intent, expected, member);
    }
    const auto status = find_text(intent, "status").value_or("");
    Answer answer{.reference = own_reference(intent, expected), .evidence = std::string(plain_word(status))};
    if (status == "succeeded") return succeeded(intent, expected, std::move(answer));
    if (find_integer(intent, "amount_received") != 0) return contradicting(intent, expected, "amount_received");
    if (status == "requires_action") return needs_payer(intent, expected, std::move(answer));
    if (status == "requires_payment_method") return failed_before(intent, std::move(answer));
    if (status == "canceled") return canceled(intent, std::move(answer));
    if (status == "processing") answer.kind = Answer::Kind::accepted;
    // A one-step sale never waits for a capture.
    if (status == "requires_capture") answer.alert = true;
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
