#include <charconv>

#include "base/json.hpp"
#include "simulator/stripe_methods.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {
namespace {

void append_number(std::string& out, std::int64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

void append_amounts(std::string& out, const Intent& intent, const Charge& charge) {
    const bool is_captured = charge.succeeded && intent.capture_method != CaptureMethod::manual;
    out.append(R"(,"object":"charge","amount":)");
    append_number(out, charge.amount);
    out.append(",\"amount_captured\":");
    append_number(out, is_captured ? charge.amount : 0);
    out.append(R"(,"amount_refunded":0,"authorization_code":)");
    out.append(charge.succeeded ? "\"123456\"" : "null");
    out.append(
        R"(,"balance_transaction":null,"billing_details":{"address":null,"email":null,"name":null,"phone":null})");
    out.append(R"(,"calculated_statement_descriptor":"FLORIN SIMULATOR","captured":)");
    out.append(is_captured ? "true" : "false").append(",\"created\":");
    append_number(out, charge.created_s);
    out.append(",\"currency\":\"").append(intent.currency).append("\"");
}

void append_failure(std::string& out, const Charge& charge) {
    if (charge.succeeded) {
        out.append(R"(,"failure_code":null,"failure_message":null,"fraud_details":{},"outcome":{"advice_code":null,)"
                   R"("network_advice_code":null,"network_decline_code":null,"network_status":"approved_by_network",)"
                   R"("reason":null,"risk_level":"normal","risk_score":20,"seller_message":"Payment complete.",)"
                   R"("type":"authorized"})");
        return;
    }
    const Decline& decline = declines()[charge.decline];
    const bool is_blocked = decline.decline_code == "highest_risk_level" || decline.decline_code == "fraudulent";
    out.append(",\"failure_code\":\"").append(decline.code).append("\",\"failure_message\":");
    json::append_string(out, decline.message);
    out.append(R"(,"fraud_details":{},"outcome":{"advice_code":)");
    if (decline.advice_code.empty()) {
        out.append("null");
    } else {
        json::append_string(out, decline.advice_code);
    }
    out.append(R"(,"network_advice_code":null,"network_decline_code":)");
    if (decline.network_decline_code.empty()) {
        out.append("null");
    } else {
        json::append_string(out, decline.network_decline_code);
    }
    out.append(is_blocked ? R"(,"network_status":"not_sent_to_network","reason":")"
                          : R"(,"network_status":"declined_by_network","reason":")");
    out.append(decline.decline_code).append(R"(","risk_level":"normal","risk_score":20,"seller_message":)");
    out.append(R"("The bank returned the decline code above.","type":")");
    out.append(is_blocked ? "blocked\"}" : "issuer_declined\"}");
}

void append_card(std::string& out, const Charge& charge) {
    const Method& method = methods()[charge.method];
    out.append(R"(,"payment_method_details":{"card":{"brand":")").append(method.brand);
    out.append(R"(","capture_before":null,"checks":{"address_line1_check":null,"address_postal_code_check":null,)"
               R"("cvc_check":"pass"},"country":"US","exp_month":8,"exp_year":2030,"funding":")");
    out.append(method.funding)
        .append(R"(","last4":")")
        .append(method.last4)
        .append(R"(","network":")")
        .append(method.brand);
    out.append(R"(","network_token":{"used":false},"network_transaction_id":"104557651805572","three_d_secure":)");
    out.append(
        charge.authenticated
            ? R"({"authentication_flow":"challenge","electronic_commerce_indicator":"05","result":"authenticated",)"
              R"("result_reason":null,"version":"2.2.0"})"
            : "null");
    out.append(R"(,"wallet":null},"type":"card"})");
}

}  // namespace

void render_charge(std::string& out, const Intent& intent, std::size_t index) {
    const Charge& charge = intent.charges[index];
    out.append("{\"id\":\"").append(charge_id(intent, index)).append("\"");
    append_amounts(out, intent, charge);
    out.append(R"(,"customer":null,"description":)");
    const auto description = intent.kept_value("description");
    if (description.empty()) {
        out.append("null");
    } else {
        json::append_string(out, description);
    }
    out.append(",\"disputed\":false");
    append_failure(out, charge);
    out.append(",\"livemode\":false,\"metadata\":{");
    for (bool first = true; const auto& [key, value] : intent.metadata) {
        if (!first) out.push_back(',');
        first = false;
        json::append_string(out, key);
        out.push_back(':');
        json::append_string(out, value);
    }
    out.append("},\"paid\":").append(charge.succeeded ? "true" : "false");
    out.append(",\"payment_intent\":\"").append(intent.id).append("\",\"payment_method\":");
    json::append_string(out, intent.payment_method);
    append_card(out, charge);
    out.append(R"(,"receipt_email":null,"refunded":false,"review":null,"status":")");
    out.append(charge.succeeded ? "succeeded" : "failed").append("\"}");
}

}  // namespace florin::simulator
