#include "simulator/stripe_json.hpp"
#include "simulator/stripe_render.hpp"

namespace florin::simulator {
namespace {

// What the issuer of Stripe's test card for late failures says.
constexpr std::string_view kFailureReason = "expired_or_canceled_card";

void append_outcome(std::string& out, const Refund& refund) {
    const bool has_failed = refund.status == RefundStatus::failed;
    append_member(out, ",\"failure_balance_transaction\":", std::string_view());
    if (has_failed) append_member(out, ",\"failure_reason\":", kFailureReason);
    if (refund.status == RefundStatus::pending) append_member(out, ",\"pending_reason\":", "processing");
}

}  // namespace

void render_refund(std::string& out, const Intent& intent, std::size_t index, Expansions expand) {
    const Refund& refund = intent.refunds[index];
    append_word(out, "{\"id\":\"", refund_id(intent, index));
    append_member(out, R"(,"object":"refund","amount":)", refund.amount);
    out.append(R"(,"balance_transaction":null,"charge":)");
    if ((expand & kExpandCharge) != 0) {
        render_charge(out, intent, refund.charge, 0);
    } else {
        append_word(out, "\"", charge_id(intent, refund.charge));
    }
    append_member(out, ",\"created\":", refund.created_us / 1'000'000);
    append_word(out, ",\"currency\":\"", intent.currency);
    out.append(R"(,"destination_details":{"card":{"reference_status":"pending","reference_type":)"
               R"("acquirer_reference_number","type":"refund"},"type":"card"})");
    append_outcome(out, refund);
    append_metadata(out, refund.metadata);
    out.append(",\"payment_intent\":");
    if ((expand & kExpandIntent) != 0) {
        render_intent(out, intent, 0);
    } else {
        append_word(out, "\"", intent.id);
    }
    append_member(out, ",\"reason\":", refund.reason);
    out.append(R"(,"receipt_number":null,"source_transfer_reversal":null)");
    append_word(out, ",\"status\":\"", to_string(refund.status));
    out.append(",\"transfer_reversal\":null}");
}

void render_object(std::string& out, const Intent& intent, std::int16_t refund, Expansions expand) {
    if (refund == kNoRefund) return render_intent(out, intent, expand);
    render_refund(out, intent, static_cast<std::size_t>(refund), expand);
}

}  // namespace florin::simulator
