#include "flow/operator_word.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/json.hpp"
#include "payments/card_number.hpp"
#include "payments/document.hpp"
#include "payments/fields.hpp"

namespace florin::flow {
namespace {

using payments::invalid;
using payments::Outcome;

constexpr std::size_t kLongestEvidence = 1000;
constexpr std::size_t kLongestReference = 255;
constexpr std::size_t kLongestReason = 64;

bool is_evidence(const std::string& text) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; };
    return json::is_utf8(text) && !std::ranges::all_of(text, [](char c) { return c == ' '; }) &&
           std::ranges::none_of(text, is_control) && payments::characters(text) <= kLongestEvidence;
}

bool is_reference(const std::string& text) {
    const auto is_plain = [](char c) { return c > ' ' && c <= '~'; };
    return !text.empty() && text.size() <= kLongestReference && std::ranges::all_of(text, is_plain);
}

bool is_reason(const std::string& text) {
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    return !text.empty() && text.size() <= kLongestReason && std::ranges::all_of(text, is_plain);
}

std::optional<Refusal> fault_of(const SpokenWord& spoken) {
    if (!is_evidence(spoken.evidence)) {
        return invalid("evidence",
                       "evidence must say in 1 to 1000 characters how you know: it stays in the audit log.");
    }
    if (payments::contains_card_number(spoken.evidence)) {
        return Refusal{Error::card_number_refused, "The evidence holds a card number: leave it out.", "/evidence"};
    }
    if (spoken.reference && !is_reference(*spoken.reference)) {
        return invalid("reference", "reference must be the PSP's id of the object, such as pi_… or re_….");
    }
    if (spoken.reason && !is_reason(*spoken.reason)) {
        return invalid("reason", "reason must be a failure code of a-z and _, such as card_declined.");
    }
    return std::nullopt;
}

}  // namespace

Checked<OperatorWord> make_operator_word(SpokenWord spoken) {
    const auto outcome = payments::parse_outcome(spoken.outcome);
    if (!outcome || !payments::closes_attempt(*outcome)) {
        return std::unexpected(
            invalid("outcome", "outcome must be \"approved\", \"declined\" or \"not_executed\": what has happened."));
    }
    if (auto fault = fault_of(spoken)) return std::unexpected(std::move(*fault));
    if (spoken.reason && *outcome != Outcome::declined) {
        return std::unexpected(invalid("reason", "reason goes with the outcome declined only: leave it out."));
    }
    if (spoken.reference && *outcome != Outcome::approved) {
        return std::unexpected(invalid("reference", "reference goes with the outcome approved only: leave it out."));
    }
    return OperatorWord{.outcome = *outcome,
                        .evidence = std::move(spoken.evidence),
                        .reference = std::move(spoken.reference),
                        .reason = std::move(spoken.reason),
                        .force = spoken.force};
}

boost::json::object to_json(const Resolution& resolution) {
    return {{"operation_id", to_string(resolution.attempt.operation)},
            {"payment_id", to_string(resolution.payment.id)},
            {"attempt", resolution.attempt.number},
            {"kind", payments::to_string(resolution.attempt.kind)},
            {"outcome", payments::to_string(resolution.result.outcome)},
            {"proven", resolution.is_proven},
            {"psp_said", resolution.psp_said},
            {"payment", boost::json::parse(payments::document(resolution.payment))}};
}

}  // namespace florin::flow
