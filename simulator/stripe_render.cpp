#include "simulator/stripe_render.hpp"

#include "simulator/stripe_json.hpp"
#include "simulator/stripe_methods.hpp"

namespace florin::simulator {
namespace {

void append_method(std::string& out, std::string_view id, const Method& method) {
    out.append(R"({"id":)");
    append_text_or_null(out, id);
    out.append(
        R"(,"object":"payment_method","type":"card","livemode":false,"metadata":{},"customer":null,"card":{"brand":")");
    out.append(method.brand).append(R"(","country":"US","exp_month":8,"exp_year":2030,"funding":")");
    out.append(method.funding).append(R"(","last4":")").append(method.last4).append("\"}}");
}

// The members that a decline has in error and in last_payment_error alike, without braces.
void append_decline(std::string& out, const Intent& intent, std::size_t index) {
    const Decline& decline = declines()[index];
    out.append(R"("type":"card_error")");
    if (!decline.advice_code.empty()) append_member(out, ",\"advice_code\":", decline.advice_code);
    if (!intent.charges.empty() && !intent.charges.back().succeeded) {
        append_member(out, ",\"charge\":", charge_id(intent, intent.charges.size() - 1));
    }
    append_member(out, ",\"code\":", decline.code);
    if (!decline.decline_code.empty()) append_member(out, ",\"decline_code\":", decline.decline_code);
    out.append(",\"doc_url\":\"https://stripe.com/docs/error-codes/");
    for (const char c : decline.code) out.push_back(c == '_' ? '-' : c);
    out.push_back('"');
    append_member(out, ",\"message\":", decline.message);
    if (!decline.network_decline_code.empty()) {
        append_member(out, ",\"network_decline_code\":", decline.network_decline_code);
    }
    if (!decline.param.empty()) append_member(out, ",\"param\":", decline.param);
}

void append_last_error(std::string& out, const Intent& intent) {
    if (intent.last_decline < 0) {
        out.append(",\"last_payment_error\":null");
        return;
    }
    out.append(",\"last_payment_error\":{");
    append_decline(out, intent, static_cast<std::size_t>(intent.last_decline));
    if (!intent.charges.empty()) {
        out.append(",\"payment_method\":");
        append_method(out, intent.payment_method, methods()[intent.charges.back().method]);
    }
    out.push_back('}');
}

void append_next_action(std::string& out, const Intent& intent) {
    if (intent.status != Status::requires_action) {
        out.append(",\"next_action\":null");
    } else if (intent.redirects) {
        append_member(out, R"(,"next_action":{"redirect_to_url":{"return_url":)", intent.return_url);
        append_member(out, ",\"url\":", intent.challenge_url);
        out.append(R"(},"type":"redirect_to_url"})");
    } else {
        out.append(R"(,"next_action":{"type":"use_stripe_sdk","use_stripe_sdk":{"type":"three_d_secure_redirect")");
        append_member(out, ",\"stripe_js\":", intent.challenge_url);
        out.append("}}");
    }
}

void append_shipping(std::string& out, const Intent& intent) {
    const auto name = intent.kept_value("shipping[name]");
    if (name.empty()) {
        out.append(",\"shipping\":null");
        return;
    }
    append_member(out, R"(,"shipping":{"address":{"city":)", intent.kept_value("shipping[address][city]"));
    append_member(out, ",\"country\":", intent.kept_value("shipping[address][country]"));
    append_member(out, ",\"line1\":", intent.kept_value("shipping[address][line1]"));
    append_member(out, ",\"line2\":", intent.kept_value("shipping[address][line2]"));
    append_member(out, ",\"postal_code\":", intent.kept_value("shipping[address][postal_code]"));
    append_member(out, ",\"state\":", intent.kept_value("shipping[address][state]"));
    append_member(out, "},\"carrier\":", intent.kept_value("shipping[carrier]"));
    append_member(out, ",\"name\":", name);
    append_member(out, ",\"phone\":", intent.kept_value("shipping[phone]"));
    append_member(out, ",\"tracking_number\":", intent.kept_value("shipping[tracking_number]"));
    out.push_back('}');
}

void append_transfer(std::string& out, const Intent& intent) {
    const auto fee = intent.kept_value("application_fee_amount");
    out.append(",\"application_fee_amount\":").append(fee.empty() ? "null" : fee);
    append_member(out, ",\"on_behalf_of\":", intent.kept_value("on_behalf_of"));
    const auto destination = intent.kept_value("transfer_data[destination]");
    if (destination.empty()) {
        out.append(",\"transfer_data\":null");
    } else {
        append_member(out, ",\"transfer_data\":{\"destination\":", destination);
        out.push_back('}');
    }
    append_member(out, ",\"transfer_group\":", intent.kept_value("transfer_group"));
}

std::string_view to_string(CaptureMethod method) {
    switch (method) {
        case CaptureMethod::automatic:
            return "automatic";
        case CaptureMethod::automatic_async:
            return "automatic_async";
        case CaptureMethod::manual:
            return "manual";
    }
    return {};
}

void append_amounts(std::string& out, const Intent& intent) {
    append_member(out, R"(,"object":"payment_intent","amount":)", intent.amount);
    append_member(out, ",\"amount_capturable\":", intent.capturable());
    append_member(out, R"(,"amount_details":{"tip":{}},"amount_received":)", intent.received());
}

void append_cancellation(std::string& out, const Intent& intent) {
    out.append(",\"canceled_at\":");
    if (intent.canceled_s == 0) {
        out.append("null");
    } else {
        append_number(out, intent.canceled_s);
    }
    append_member(out, ",\"cancellation_reason\":", intent.cancellation_reason);
}

void append_payment_method(std::string& out, const Intent& intent) {
    append_member(out, ",\"payment_method\":",
                  intent.status == Status::requires_payment_method ? std::string_view() : intent.payment_method);
    out.append(R"(,"payment_method_options":{"card":{"installments":null,"mandate_options":null,"network":null,)");
    if (intent.wants_multicapture) out.append(R"("request_multicapture":"if_available",)");
    out.append(R"("request_three_d_secure":"automatic"}},"payment_method_types":["card"],"processing":null)");
}

void append_latest_charge(std::string& out, const Intent& intent, Expansions expand) {
    out.append(",\"latest_charge\":");
    if (intent.charges.empty()) {
        out.append("null");
    } else if ((expand & kExpandCharge) != 0) {
        render_charge(out, intent, intent.charges.size() - 1, expand & kExpandRefunds);
    } else {
        append_text_or_null(out, charge_id(intent, intent.charges.size() - 1));
    }
}

}  // namespace

void render_intent(std::string& out, const Intent& intent, Expansions expand) {
    append_word(out, "{\"id\":\"", intent.id);
    append_amounts(out, intent);
    out.append(",\"application\":null,\"automatic_payment_methods\":");
    out.append(!intent.automatic_methods ? "null"
               : intent.allows_redirects ? R"({"allow_redirects":"always","enabled":true})"
                                         : R"({"allow_redirects":"never","enabled":true})");
    append_cancellation(out, intent);
    append_word(out, ",\"capture_method\":\"", to_string(intent.capture_method));
    out.append(",\"client_secret\":\"").append(intent.id).append("_secret_").append(intent.id, 3);
    const auto confirmation = intent.kept_value("confirmation_method");
    append_word(out, "\",\"confirmation_method\":\"", confirmation.empty() ? "automatic" : confirmation);
    append_member(out, ",\"created\":", intent.created_us / 1'000'000);
    append_word(out, ",\"currency\":\"", intent.currency);
    append_member(out, ",\"customer\":", intent.kept_value("customer"));
    append_member(out, ",\"description\":", intent.kept_value("description"));
    append_last_error(out, intent);
    append_latest_charge(out, intent, expand);
    out.append(",\"livemode\":false");
    append_metadata(out, intent.metadata);
    append_next_action(out, intent);
    append_payment_method(out, intent);
    append_member(out, ",\"receipt_email\":", intent.kept_value("receipt_email"));
    append_member(out, ",\"review\":null,\"setup_future_usage\":", intent.kept_value("setup_future_usage"));
    append_shipping(out, intent);
    append_member(out, ",\"source\":null,\"statement_descriptor\":", intent.kept_value("statement_descriptor"));
    append_member(out, ",\"statement_descriptor_suffix\":", intent.kept_value("statement_descriptor_suffix"));
    append_word(out, ",\"status\":\"", to_string(intent.status));
    append_transfer(out, intent);
    out.push_back('}');
}

void render_error(std::string& out, const ErrorBody& error) {
    append_member(out, "{\"error\":{\"type\":", error.type);
    if (!error.code.empty()) {
        append_member(out, ",\"code\":", error.code);
        out.append(",\"doc_url\":\"https://stripe.com/docs/error-codes/");
        for (const char c : error.code) out.push_back(c == '_' ? '-' : c);
        out.push_back('"');
    }
    append_member(out, ",\"message\":", error.message);
    if (!error.param.empty()) append_member(out, ",\"param\":", error.param);
    if (error.intent != nullptr) {
        out.append(",\"payment_intent\":");
        render_intent(out, *error.intent, 0);
    }
    out.append("}}");
}

void render_decline(std::string& out, const Intent& intent, std::size_t decline) {
    out.append("{\"error\":{");
    append_decline(out, intent, decline);
    out.append(",\"payment_intent\":");
    render_intent(out, intent, 0);
    if (!intent.charges.empty()) {
        out.append(",\"payment_method\":");
        append_method(out, intent.payment_method, methods()[intent.charges.back().method]);
    }
    out.append("}}");
}

}  // namespace florin::simulator
