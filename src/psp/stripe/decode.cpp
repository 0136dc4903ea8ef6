#include "psp/stripe/decode.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "psp/json_fields.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/rules.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

// A page of 100 intents has some ten thousand members.
constexpr json::Limits kLimits{.bytes = 1024 * 1024, .depth = 64, .members = 200'000, .floats = true};

bool says_json(const http::ClientAnswer& wire) {
    const auto* type = wire.find_header("content-type");
    return type != nullptr && (*type == "application/json" || type->starts_with("application/json;"));
}

// The body's object, or empty for whatever else came.
std::optional<object> parse_object(const http::ClientAnswer& wire) {
    if (!says_json(wire)) return std::nullopt;
    auto value = json::parse(wire.body, kLimits);
    if (!value || !value->is_object()) return std::nullopt;
    return std::move(value->as_object());
}

std::string unreadable(const http::ClientAnswer& wire) {
    return fmt::format("{} bytes that are not the PSP's JSON", wire.body.size());
}

ErrorWords words_of(const object& error) {
    return {find_text(error, "type").value_or(""), find_text(error, "code").value_or(""),
            find_text(error, "param").value_or("")};
}

std::string evidence_of(const ErrorWords& words) {
    auto text = std::string(plain_word(words.type));
    if (!words.code.empty()) text += " " + std::string(plain_word(words.code));
    return text;
}

// 402: the decline counts only with the object it belongs to, and only when that object shows no money moved.
Answer decode_card_error(const object& error, const object* intent, const Expectation& expected, Answer answer) {
    if (intent == nullptr) return answer;
    if (!is_uncharged(*intent, expected)) {
        const auto member = contradiction(*intent, expected);
        answer.alert = true;
        answer.evidence += ", but the object contradicts it in " + (member.empty() ? std::string("status") : member);
        return answer;
    }
    const auto words = words_of(error);
    answer.kind = Answer::Kind::declined;
    answer.decline = decline_of(words.code, find_text(error, "decline_code").value_or(""),
                                find_text(error, "advice_code").value_or(""));
    answer.evidence += " " + answer.decline->code;
    return answer;
}

Answer decode_refusal(int status, const ErrorWords& words, const object* intent, const Expectation& expected,
                      Answer answer) {
    const auto meaning = meaning_of(status, words);
    switch (meaning.refusal) {
        case Refusal::credentials:
        case Refusal::rate:
            answer.alert = meaning.refusal == Refusal::credentials;
            // An error that names an object was not refused before execution.
            if (intent == nullptr) answer.kind = Answer::Kind::refused_before_execution;
            return answer;
        case Refusal::content:
            if (intent != nullptr && !is_uncharged(*intent, expected)) return answer;
            answer.kind = Answer::Kind::declined;
            answer.decline = content_refusal(meaning.normalised);
            return answer;
        case Refusal::unclear:
            // Whatever the code: somebody has to look at the key.
            answer.alert = status == 401 || status == 403;
            return answer;
    }
    return answer;
}

Answer decode_error(int status, const object& body, const Expectation& expected) {
    const auto* error = find_object(body, "error");
    if (error == nullptr) return {.reference = {}, .evidence = "no error object"};
    const auto words = words_of(*error);
    const bool names_intent = error->contains("payment_intent");
    const object nothing;
    const auto* intent = find_object(*error, "payment_intent");
    if (names_intent && intent == nullptr) intent = &nothing;  // named, but not readable
    Answer answer{.reference = intent == nullptr ? std::nullopt : own_reference(*intent, expected),
                  .evidence = evidence_of(words)};
    if (status == 402 && words.type == "card_error") {
        return decode_card_error(*error, intent, expected, std::move(answer));
    }
    return decode_refusal(status, words, intent, expected, std::move(answer));
}

Answer decode(const http::ClientAnswer& wire, const Expectation& expected) {
    const auto body = parse_object(wire);
    Answer answer;
    if (!body) {
        answer.evidence = unreadable(wire);
    } else if (wire.status == 200) {
        answer = answer_of_intent(*body, expected);
    } else if (wire.status >= 400 && wire.status < 500) {
        answer = decode_error(wire.status, *body, expected);
    } else {
        const auto* error = find_object(*body, "error");
        answer.evidence = error == nullptr ? "no error object" : evidence_of(words_of(*error));
    }
    const auto* replayed = wire.find_header("idempotent-replayed");
    answer.replayed = replayed != nullptr && *replayed == "true";
    answer.http_status = wire.status;
    answer.evidence = fmt::format("HTTP {} {}", wire.status, answer.evidence);
    if (answer.replayed) answer.evidence += " (replayed)";
    return answer;
}

}  // namespace

Answer decode_sale(const http::ClientAnswer& wire, const Expectation& expected) {
    return decode(wire, expected);
}

Answer decode_object(const http::ClientAnswer& wire, const Expectation& expected) {
    auto answer = decode(wire, expected);
    if (wire.status == 200) return answer;
    answer.kind = Answer::Kind::unclear;
    answer.decline.reset();
    return answer;
}

Answer decode_failure(const http::ClientFailure& failure) {
    Answer answer;
    answer.kind = failure.nothing_sent ? Answer::Kind::refused_unsent : Answer::Kind::unclear;
    answer.evidence = failure.what;
    return answer;
}

std::expected<Page, std::string> decode_page(const http::ClientAnswer& wire) {
    if (wire.status != 200) return std::unexpected(fmt::format("HTTP {}", wire.status));
    const auto body = parse_object(wire);
    if (!body) return std::unexpected(unreadable(wire));
    const auto* data = body->if_contains("data");
    const auto has_more = find_flag(*body, "has_more");
    if (find_text(*body, "object") != "list" || data == nullptr || !data->is_array() || !has_more) {
        return std::unexpected("not a list object");
    }
    Page page{data->get_array(), *has_more, {}};
    for (const auto& item : page.data) {
        const auto* intent = item.if_object();
        const auto id = intent == nullptr ? std::nullopt : find_text(*intent, "id");
        if (!id || !is_intent_id(*id)) return std::unexpected("a list item without an intent id");
        page.last_id = std::string(*id);
    }
    if (page.has_more && page.last_id.empty()) return std::unexpected("an empty page that promises more");
    return page;
}

}  // namespace florin::psp::stripe
