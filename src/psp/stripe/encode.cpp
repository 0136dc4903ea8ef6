#include "psp/stripe/encode.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "psp/stripe/currencies.hpp"
#include "psp/stripe/declines.hpp"
#include "psp/stripe/form.hpp"

namespace florin::psp::stripe {
namespace {

using payments::OperationKind;

std::string lower_case(std::string_view code) {
    std::string lower(code);
    std::ranges::transform(lower, lower.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    return lower;
}

// A token is Stripe's older one-time form of a card and travels as payment_method_data. False for what is neither.
bool add_payment_method(Form& form, std::string_view method, bool live) {
    // The example of Florin's own documents, for test mode.
    if (!live && method == "tok_4242424242424242") method = "pm_card_visa";
    const bool word = method.size() <= 255 && is_word(method);
    if (word && method.size() > 3 && method.starts_with("pm_")) {
        form.add("payment_method", method);
        return true;
    }
    if (word && method.size() > 4 && method.starts_with("tok_")) {
        form.add("payment_method_data[type]", "card").add("payment_method_data[card][token]", method);
        return true;
    }
    return false;
}

void add_references(Form& form, const Call& call) {
    form.add("metadata[florin_payment]", to_string(call.payment))
        .add("metadata[florin_operation]", to_string(call.operation))
        .add("metadata[florin_attempt]", std::to_string(call.attempt));
}

// Stripe knows three reasons. The merchant's own word always travels as metadata.
std::optional<std::string> stripe_reason(const std::string& reason) {
    if (reason == "customer_request") return "requested_by_customer";
    const bool known = reason == "duplicate" || reason == "fraudulent" || reason == "requested_by_customer";
    return known ? std::optional(reason) : std::nullopt;
}

bool is_id(std::string_view text, std::string_view prefix) {
    return text.size() > prefix.size() && text.size() <= 255 && text.starts_with(prefix) && is_word(text);
}

std::int64_t unix_seconds(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// `created` has whole seconds: both ends are widened to one.
std::string created_in(WallTime from, WallTime to) {
    return fmt::format("created[gte]={}&created[lte]={}", unix_seconds(from), unix_seconds(to) + 1);
}

}  // namespace

Body encode_creation(const Call& call, bool live) {
    const bool hold = call.kind == OperationKind::authorize;
    const auto amount = stripe_amount(call.amount);
    if (!amount) return std::unexpected(amount.error());
    Form form;
    form.add("amount", std::to_string(*amount)).add("currency", lower_case(call.amount.currency().code()));
    if (!add_payment_method(form, call.payment_method, live)) {
        return std::unexpected(content_refusal("invalid_payment_method"));
    }
    form.add("confirm", "true").add("capture_method", hold ? "manual" : "automatic");
    form.add("payment_method_types[]", "card");
    if (hold && call.parameters.multiple_captures) {
        form.add("payment_method_options[card][request_multicapture]", "if_available");
    }
    form.add_given("description", call.description).add_given("return_url", call.return_url);
    form.add("expand[]", "latest_charge");
    add_references(form, call);
    return form.take();
}

Body encode_capture(const Call& call) {
    const auto amount = stripe_amount(call.amount);
    if (!amount) return std::unexpected(amount.error());
    Form form;
    form.add("amount_to_capture", std::to_string(*amount))
        .add("final_capture", call.parameters.final ? "true" : "false")
        .add("expand[]", "latest_charge")
        .add("metadata[" + to_string(call.operation) + "]", capture_mark(call.attempt, *amount));
    return form.take();
}

std::string encode_cancel(OperationKind kind) {
    Form form;
    form.add("cancellation_reason", kind == OperationKind::void_ ? "requested_by_customer" : "abandoned")
        .add("expand[]", "latest_charge");
    return form.take();
}

Body encode_refund(const Call& call) {
    const auto amount = stripe_amount(call.amount);
    if (!amount) return std::unexpected(amount.error());
    Form form;
    form.add("payment_intent", call.payment_reference.value_or("")).add("amount", std::to_string(*amount));
    if (call.parameters.reason) form.add_given("reason", stripe_reason(*call.parameters.reason));
    add_references(form, call);
    form.add_given("metadata[florin_reason]", call.parameters.reason);
    return form.take();
}

std::string capture_mark(std::int16_t attempt, std::int64_t stripe_amount) {
    return fmt::format("{}:{}", attempt, stripe_amount);
}

bool is_intent_id(std::string_view text) {
    return is_id(text, "pi_");
}

bool is_refund_id(std::string_view text) {
    return is_id(text, "re_");
}

std::string read_target(std::string_view intent) {
    return fmt::format("{}/{}?expand[]=latest_charge", kIntents, intent);
}

std::string capture_target(std::string_view intent) {
    return fmt::format("{}/{}/capture", kIntents, intent);
}

std::string cancel_target(std::string_view intent) {
    return fmt::format("{}/{}/cancel", kIntents, intent);
}

std::string read_refund_target(std::string_view refund) {
    return fmt::format("{}/{}", kRefunds, refund);
}

std::string list_intents_target(WallTime from, WallTime to) {
    return fmt::format("{}?{}&limit={}&expand[]=data.latest_charge", kIntents, created_in(from, to), kIntentsOfPage);
}

std::string list_plain_intents_target(WallTime from, WallTime to) {
    return fmt::format("{}?{}&limit={}", kIntents, created_in(from, to), kPlainIntentsOfPage);
}

std::string list_refunds_target(WallTime from, WallTime to) {
    return fmt::format("{}?{}&limit={}", kRefunds, created_in(from, to), kRefundsOfPage);
}

std::string refunds_of_target(std::string_view intent) {
    return fmt::format("{}?payment_intent={}&limit={}", kRefunds, intent, kRefundsOfPage);
}

std::string next_page(std::string_view first_page, std::string_view starting_after) {
    return fmt::format("{}&starting_after={}", first_page, starting_after);
}

}  // namespace florin::psp::stripe
