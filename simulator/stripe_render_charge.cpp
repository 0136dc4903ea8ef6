#include "simulator/stripe_json.hpp"
#include "simulator/stripe_methods.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {
namespace {

void append_amounts(std::string& out, const Intent& intent, std::size_t index) {
    const Charge& charge = intent.charges[index];
    append_member(out, R"(,"object":"charge","amount":)", charge.amount);
    append_member(out, ",\"amount_captured\":", charge.captured);
    append_member(out, ",\"amount_refunded\":", intent.refunded(index, true));
    out.append(",\"authorization_code\":").append(charge.succeeded ? "\"123456\"" : "null");
    out.append(
        R"(,"balance_transaction":null,"billing_details":{"address":null,"email":null,"name":null,"phone":null})");
    out.append(R"(,"calculated_statement_descriptor":"FLORIN SIMULATOR","captured":)");
    append_member(out, charge.captured > 0 ? "true,\"created\":" : "false,\"created\":", charge.created_s);
    append_word(out, ",\"currency\":\"", intent.currency);
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
    append_member(out, R"(,"fraud_details":{},"outcome":{"advice_code":)", decline.advice_code);
    append_member(out, R"(,"network_advice_code":null,"network_decline_code":)", decline.network_decline_code);
    out.append(is_blocked ? R"(,"network_status":"not_sent_to_network","reason":")"
                          : R"(,"network_status":"declined_by_network","reason":")");
    out.append(decline.decline_code).append(R"(","risk_level":"normal","risk_score":20,"seller_message":)");
    out.append(R"("The bank returned the decline code above.","type":")");
    out.append(is_blocked ? "blocked\"}" : "issuer_declined\"}");
}

// Only a held authorization has a time to capture before, and a say about several captures.
void append_capture_terms(std::string& out, const Intent& intent, const Charge& charge) {
    if (charge.capture_before_s == 0) {
        out.append("null");
        return;
    }
    append_number(out, charge.capture_before_s);
    out.append(has_multicapture(intent, charge) ? R"(,"multicapture":{"status":"available"})"
                                                : R"(,"multicapture":{"status":"unavailable"})");
}

void append_card(std::string& out, const Intent& intent, const Charge& charge) {
    const Method& method = methods()[charge.method];
    append_word(out, R"(,"payment_method_details":{"card":{"brand":")", method.brand);
    out.append(",\"capture_before\":");
    append_capture_terms(out, intent, charge);
    out.append(R"(,"checks":{"address_line1_check":null,"address_postal_code_check":null,"cvc_check":"pass"},)"
               R"("country":"US","exp_month":8,"exp_year":2030)");
    append_word(out, R"(,"funding":")", method.funding);
    append_word(out, R"(,"last4":")", method.last4);
    append_word(out, R"(,"network":")", method.brand);
    out.append(R"(,"network_token":{"used":false},"network_transaction_id":"104557651805572","three_d_secure":)");
    out.append(
        charge.authenticated
            ? R"({"authentication_flow":"challenge","electronic_commerce_indicator":"05","result":"authenticated",)"
              R"("result_reason":null,"version":"2.2.0"})"
            : "null");
    out.append(R"(,"wallet":null},"type":"card"})");
}

void append_refunds(std::string& out, const Intent& intent, std::size_t index) {
    out.append(R"(,"refunds":{"object":"list","data":[)");
    bool first = true;
    for (std::size_t i = intent.refunds.size(); i-- > 0;) {  // newest first
        if (intent.refunds[i].charge != index) continue;
        if (!first) out.push_back(',');
        first = false;
        render_refund(out, intent, i, 0);
    }
    out.append(R"(],"has_more":false,"url":"/v1/charges/)").append(charge_id(intent, index)).append("/refunds\"}");
}

}  // namespace

void render_charge(std::string& out, const Intent& intent, std::size_t index, Expansions expand) {
    const Charge& charge = intent.charges[index];
    append_word(out, "{\"id\":\"", charge_id(intent, index));
    append_amounts(out, intent, index);
    append_member(out, R"(,"customer":null,"description":)", intent.kept_value("description"));
    out.append(",\"disputed\":false");
    append_failure(out, charge);
    out.append(",\"livemode\":false");
    append_metadata(out, intent.metadata);
    out.append(",\"paid\":").append(charge.succeeded ? "true" : "false").append(",\"payment_intent\":");
    if ((expand & kExpandIntent) != 0) {
        render_intent(out, intent, 0);
    } else {
        append_word(out, "\"", intent.id);
    }
    append_member(out, ",\"payment_method\":", intent.payment_method);
    append_card(out, intent, charge);
    out.append(R"(,"receipt_email":null,"refunded":)");
    out.append(charge.succeeded && intent.refunded(index, true) >= charge.amount ? "true" : "false");
    if ((expand & kExpandRefunds) != 0) append_refunds(out, intent, index);
    out.append(R"(,"review":null,"status":")").append(charge.succeeded ? "succeeded" : "failed").append("\"}");
}

}  // namespace florin::simulator
