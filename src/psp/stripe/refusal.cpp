#include "psp/stripe/refusal.hpp"

#include "psp/json_fields.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/rules.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

ErrorWords words_of(const object& error) {
    return {find_text(error, "type").value_or(""), find_text(error, "code").value_or(""),
            find_text(error, "param").value_or("")};
}

std::string evidence_of(const ErrorWords& words) {
    auto text = std::string(plain_word(words.type));
    if (!words.code.empty()) text += " " + std::string(plain_word(words.code));
    return text;
}

// Empty when the intent that an error names agrees that nothing was executed; otherwise what speaks against it.
std::string execution_shown(const object& intent, const Expectation& expected) {
    if (auto member = contradiction(intent, expected); !member.empty()) return member;
    if (creates_payment(expected.call.kind)) return is_uncharged(intent, expected) ? "" : "status";
    // Read, not answered with: the intent may be without this capture or release.
    auto seen = expected;
    seen.read_back = true;
    const auto found = find_in_intent(intent, seen);
    if (!found || found->kind == Answer::Kind::declined) return {};
    return found->alert ? "figures" : "status";
}

// 402: the decline counts only with the object it belongs to, and only when that object shows no money moved.
Answer decode_card_error(const object& error, const object* intent, const Expectation& expected, Answer answer) {
    const bool by_issuer =
        creates_payment(expected.call.kind) || expected.call.kind == payments::OperationKind::capture;
    if (intent == nullptr || !by_issuer) return answer;
    if (const auto member = execution_shown(*intent, expected); !member.empty()) {
        answer.alert = true;
        answer.evidence += ", but the object contradicts it in " + member;
        return answer;
    }
    answer.kind = Answer::Kind::declined;
    answer.decline = decline_of(find_text(error, "code").value_or(""), find_text(error, "decline_code").value_or(""),
                                find_text(error, "advice_code").value_or(""));
    answer.evidence += " " + answer.decline->code;
    return answer;
}

Answer decode_refusal(int status, const ErrorWords& words, const object* intent, const Expectation& expected,
                      Answer answer) {
    const auto meaning = meaning_of(expected.call.kind, status, words);
    switch (meaning.refusal) {
        case Refusal::credentials:
        case Refusal::rate:
            answer.alert = meaning.refusal == Refusal::credentials;
            // An error that names an object was not refused before execution.
            if (intent == nullptr) answer.kind = Answer::Kind::refused_before_execution;
            return answer;
        case Refusal::content:
        case Refusal::state:
            if (intent != nullptr && !execution_shown(*intent, expected).empty()) return answer;
            answer.kind = Answer::Kind::declined;
            answer.decline = meaning.refusal == Refusal::state ? state_refusal(meaning.normalised)
                                                               : content_refusal(meaning.normalised);
            return answer;
        case Refusal::unclear:
            // Whatever the code: somebody has to look at the key.
            answer.alert = status == 401 || status == 403;
            return answer;
    }
    return answer;
}

}  // namespace

Answer decode_error(int status, const object& body, const Expectation& expected) {
    const auto* error = find_object(body, "error");
    if (error == nullptr) return {.reference = {}, .evidence = "no error object"};
    const auto words = words_of(*error);
    if (status < 400 || status >= 500) return {.reference = {}, .evidence = evidence_of(words)};
    const bool names_intent = error->contains("payment_intent");
    const object nothing;
    const auto* intent = find_object(*error, "payment_intent");
    if (names_intent && intent == nullptr) intent = &nothing;  // named, but not readable
    Answer answer{.reference = intent == nullptr ? std::nullopt : own_reference(*intent, expected),
                  .evidence = evidence_of(words)};
    // The answer about a refund names the refund, or nothing.
    if (expected.call.kind == payments::OperationKind::refund) answer.reference.reset();
    if (status == 402 && words.type == "card_error") {
        return decode_card_error(*error, intent, expected, std::move(answer));
    }
    return decode_refusal(status, words, intent, expected, std::move(answer));
}

}  // namespace florin::psp::stripe
