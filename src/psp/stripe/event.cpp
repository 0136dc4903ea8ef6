#include "psp/stripe/event.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <utility>

#include "base/json.hpp"
#include "psp/json_fields.hpp"
#include "psp/stripe/currencies.hpp"
#include "psp/stripe/encode.hpp"
#include "psp/stripe/form.hpp"
#include "psp/stripe/intent.hpp"
#include "psp/stripe/our_names.hpp"

namespace florin::psp::stripe {
namespace {

using boost::json::object;

constexpr json::Limits kLimits{.bytes = kEventBytes, .depth = 32, .members = 20'000, .floats = true};
constexpr std::size_t kLongestId = 255;
constexpr std::size_t kLongestType = 100;
constexpr std::int64_t kLatestTime = 253'402'300'799;  // 9999-12-31T23:59:59Z

// After these money has moved, or is known not to.
constexpr auto kOutcomes = std::to_array<std::string_view>({
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.amount_capturable_updated",
    "payment_intent.partially_funded",
    "charge.succeeded",
    "charge.failed",
    "charge.captured",
    "charge.expired",
    "charge.refunded",
    "charge.refund.updated",
    "charge.dispute.created",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.updated",
    "refund.failed",
});

bool is_type(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= kLongestType && std::ranges::all_of(text, is_plain);
}

bool is_id(std::string_view text) {
    return text.starts_with("evt_") && text.size() > 4 && text.size() <= kLongestId && is_word(text);
}

std::optional<std::string> word(const object& from, std::string_view name) {
    const auto text = find_text(from, name);
    const bool plain = text && !text->empty() && text->size() <= kLongestId && is_word(*text);
    return plain ? std::optional(std::string(*text)) : std::nullopt;
}

// The id of another object: bare, or expanded in place.
std::optional<std::string> id_of_other(const object& from, std::string_view name) {
    if (const auto* expanded = find_object(from, name)) return word(*expanded, "id");
    return word(from, name);
}

Says says_intent(const object& intent, std::string_view status) {
    if (status == "succeeded") return Says::succeeded;
    if (status == "requires_capture") return Says::authorized;
    if (status == "canceled") return Says::canceled;
    if (status == "processing") return Says::processing;
    if (status == "requires_action") return Says::requires_action;
    // Before the first try as after a failed one: only the latter has an error.
    if (status == "requires_payment_method" && find_object(intent, "last_payment_error")) return Says::failed;
    return Says::other;
}

Says says_charge(const object& charge, std::string_view status) {
    if (status == "failed") return Says::failed;
    if (status == "pending") return Says::processing;
    if (status != "succeeded") return Says::other;
    if (find_flag(charge, "captured") == true) return Says::succeeded;
    // A hold that was let go is shown as refunded whole.
    return find_flag(charge, "refunded") == true ? Says::canceled : Says::authorized;
}

Says says_refund(std::string_view status) {
    if (status == "succeeded") return Says::succeeded;
    if (status == "failed") return Says::failed;
    if (status == "canceled") return Says::canceled;
    if (status == "pending") return Says::processing;
    if (status == "requires_action") return Says::requires_action;
    return Says::other;
}

Says says(const object& about, std::string_view kind) {
    const auto status = find_text(about, "status").value_or("");
    if (kind == "payment_intent") return says_intent(about, status);
    if (kind == "charge") return says_charge(about, status);
    if (kind == "refund") return says_refund(status);
    return Says::other;
}

std::optional<Subject> read_subject(const object& event) {
    const auto* data = find_object(event, "data");
    const auto* about = data == nullptr ? nullptr : find_object(*data, "object");
    const auto kind = about == nullptr ? std::nullopt : word(*about, "object");
    if (!kind) return std::nullopt;
    const auto ours = our_names(*about);
    Subject subject{.object = *kind,
                    .payment_reference = {},
                    .reference = word(*about, "id"),
                    .payment = ours.payment,
                    .operation = ours.operation,
                    .attempt = ours.attempt};
    auto intent = *kind == "payment_intent" ? subject.reference : id_of_other(*about, "payment_intent");
    if (intent && is_intent_id(*intent)) subject.payment_reference = std::move(intent);
    const auto amount = find_integer(*about, "amount");
    if (amount) subject.amount = money_of(*amount, find_text(*about, "currency").value_or(""));
    subject.says = says(*about, *kind);
    return subject;
}

Refusal not_an_event(std::string_view member) {
    return {Error::invalid_field, "This is not an event of Stripe: a member is missing or has another form.",
            "/" + std::string(member)};
}

}  // namespace

Checked<Event> read_event(std::string_view body) {
    json::Arena arena;
    const auto value = json::parse(body, kLimits, arena.storage());
    if (!value) return std::unexpected(value.error());
    const auto* event = value->if_object();
    if (event == nullptr || find_text(*event, "object") != "event") return std::unexpected(not_an_event("object"));
    const auto id = find_text(*event, "id").value_or("");
    if (!is_id(id)) return std::unexpected(not_an_event("id"));
    const auto type = find_text(*event, "type").value_or("");
    if (!is_type(type)) return std::unexpected(not_an_event("type"));
    const auto live = find_flag(*event, "livemode");
    if (!live) return std::unexpected(not_an_event("livemode"));
    const auto created = find_integer(*event, "created");
    if (!created || *created < 0 || *created > kLatestTime) return std::unexpected(not_an_event("created"));
    const bool is_outcome = std::ranges::find(kOutcomes, type) != kOutcomes.end();
    return Event{.id = std::string(id),
                 .type = std::string(type),
                 .live = *live,
                 .created = WallTime(std::chrono::seconds(*created)),
                 .weight = is_outcome ? Weight::outcome : Weight::informational,
                 .subject = read_subject(*event)};
}

}  // namespace florin::psp::stripe
