#include "psp/stripe/encode.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "psp/stripe/currencies.hpp"
#include "psp/stripe/declines.hpp"

namespace florin::psp::stripe {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void append_escaped(std::string& out, std::string_view value) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : value) {
        if (is_word(c) || c == '-' || c == '.' || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
}

class Form {
public:
    Form& add(std::string_view name, std::string_view value) {
        if (!body_.empty()) body_ += '&';
        body_ += name;
        body_ += '=';
        append_escaped(body_, value);
        return *this;
    }
    Form& add_given(std::string_view name, const std::optional<std::string>& value) {
        return value ? add(name, std::string_view(*value)) : *this;
    }
    std::string take() { return std::move(body_); }

private:
    std::string body_;
};

std::string lower_case(std::string_view code) {
    std::string lower(code);
    std::ranges::transform(lower, lower.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    return lower;
}

// A token is Stripe's older one-time form of a card and travels as payment_method_data. False for what is neither.
bool add_payment_method(Form& form, std::string_view method, bool live) {
    // The example of Florin's own documents, for test mode.
    if (!live && method == "tok_4242424242424242") method = "pm_card_visa";
    const bool word = method.size() <= 255 && std::ranges::all_of(method, is_word);
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

std::int64_t unix_seconds(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::expected<std::string, payments::Decline> encode_sale(const SaleCall& call, bool live) {
    const auto amount = stripe_amount(call.amount);
    if (!amount) return std::unexpected(amount.error());
    Form form;
    form.add("amount", std::to_string(*amount)).add("currency", lower_case(call.amount.currency().code()));
    if (!add_payment_method(form, call.payment_method, live)) {
        return std::unexpected(content_refusal("invalid_payment_method"));
    }
    form.add("confirm", "true").add("capture_method", "automatic").add("payment_method_types[]", "card");
    form.add_given("description", call.description).add_given("return_url", call.return_url);
    form.add("expand[]", "latest_charge");
    form.add("metadata[florin_payment]", to_string(call.payment))
        .add("metadata[florin_operation]", to_string(call.operation))
        .add("metadata[florin_attempt]", std::to_string(call.attempt));
    return form.take();
}

bool is_intent_id(std::string_view text) {
    return text.size() > 3 && text.size() <= 255 && text.starts_with("pi_") && std::ranges::all_of(text, is_word);
}

std::string read_target(std::string_view reference) {
    return fmt::format("{}/{}?expand[]=latest_charge", kIntents, reference);
}

std::string cancel_target(std::string_view reference) {
    return fmt::format("{}/{}/cancel", kIntents, reference);
}

std::string list_target(WallTime from, WallTime to, std::string_view starting_after) {
    // `created` has whole seconds: both ends are widened to one.
    auto target = fmt::format("{}?created[gte]={}&created[lte]={}&limit={}", kIntents, unix_seconds(from),
                              unix_seconds(to) + 1, kPageSize);
    if (!starting_after.empty()) target += fmt::format("&starting_after={}", starting_after);
    return target;
}

}  // namespace florin::psp::stripe
