#include "psp/stripe/decode.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "psp/json_fields.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/refund_object.hpp"
#include "psp/stripe/refusal.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

// A page of intents with their charges has some ten thousand members.
constexpr json::Limits kLimits{.bytes = kAnswerBytes, .depth = 64, .members = 200'000, .floats = true};

bool says_json(const http::ClientAnswer& wire) {
    const auto* type = wire.find_header("content-type");
    return type != nullptr && (*type == "application/json" || type->starts_with("application/json;"));
}

// No call asks for an encoded body: one that comes is left packed, however small or large it would be.
bool is_encoded(const http::ClientAnswer& wire) {
    const auto* encoding = wire.find_header("content-encoding");
    return encoding != nullptr && *encoding != "identity";
}

// The body's object, or empty for whatever else came.
std::optional<object> parse_object(const http::ClientAnswer& wire, boost::json::storage_ptr storage = {}) {
    if (is_encoded(wire) || !says_json(wire)) return std::nullopt;
    auto value = json::parse(wire.body, kLimits, std::move(storage));
    if (!value || !value->is_object()) return std::nullopt;
    return std::move(value->as_object());
}

// Nothing of what came is repeated.
std::string unreadable(const http::ClientAnswer& wire) {
    if (wire.body.empty()) return "with an empty body";
    const auto size = wire.body.size();
    if (is_encoded(wire)) return fmt::format("{} bytes in a content encoding that was not asked for", size);
    if (!says_json(wire)) return fmt::format("{} bytes of a content type that is not JSON", size);
    return fmt::format("{} bytes that are not well-formed JSON or not an object", size);
}

Answer answer_of_object(const object& body, const Expectation& expected) {
    return expected.call.kind == payments::OperationKind::refund ? answer_of_refund(body, expected)
                                                                 : answer_of_intent(body, expected);
}

Answer decode(const http::ClientAnswer& wire, const Expectation& expected) {
    json::Arena arena;
    const auto body = parse_object(wire, arena.storage());
    Answer answer;
    if (!body) {
        answer.evidence = unreadable(wire);
    } else if (wire.status == 200) {
        answer = answer_of_object(*body, expected);
    } else {
        answer = decode_error(wire.status, *body, expected);
    }
    answer.replayed = is_replayed(wire);
    answer.http_status = wire.status;
    answer.evidence = fmt::format("HTTP {} {}", wire.status, answer.evidence);
    if (answer.replayed) answer.evidence += " (replayed)";
    return answer;
}

}  // namespace

bool is_replayed(const http::ClientAnswer& wire) {
    const auto* replayed = wire.find_header("idempotent-replayed");
    return replayed != nullptr && *replayed == "true";
}

Answer decode_call(const http::ClientAnswer& wire, const Expectation& expected) {
    return decode(wire, expected);
}

Answer decode_object(const http::ClientAnswer& wire, const Expectation& expected) {
    auto answer = decode(wire, expected);
    if (wire.status == 200) return answer;
    answer.kind = Answer::Kind::unclear;
    answer.decline.reset();
    return answer;
}

std::optional<object> decode_plain_object(const http::ClientAnswer& wire) {
    return wire.status == 200 ? parse_object(wire) : std::nullopt;
}

Answer decode_failure(const http::ClientFailure& failure) {
    Answer answer;
    answer.kind = failure.nothing_sent ? Answer::Kind::refused_unsent : Answer::Kind::unclear;
    answer.evidence = failure.what;
    return answer;
}

std::expected<Page, std::string> decode_page(const http::ClientAnswer& wire, bool refunds) {
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
        const auto* listed = item.if_object();
        const auto id = listed == nullptr ? std::nullopt : find_text(*listed, "id");
        if (!id || !(refunds ? is_refund_id(*id) : is_intent_id(*id))) {
            return std::unexpected("a list item without an id of its kind");
        }
        page.last_id = std::string(*id);
    }
    if (page.has_more && page.last_id.empty()) return std::unexpected("an empty page that promises more");
    return page;
}

}  // namespace florin::psp::stripe
