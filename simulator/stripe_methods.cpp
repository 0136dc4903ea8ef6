#include "simulator/stripe_methods.hpp"

#include <array>

namespace florin::simulator {
namespace {

constexpr std::string_view kDeclined = "Your card was declined.";

constexpr auto kDeclines = std::to_array<Decline>({
    {"card_declined", "generic_decline", "try_again_later", "01", "", kDeclined},
    {"authentication_required", "authentication_required", "", "", "",
     "Your card was declined. This transaction requires authentication."},
    {"payment_intent_authentication_failure", "", "", "", "",
     "We are unable to authenticate your payment method. Please choose a different payment method and try again."},
    {"card_declined", "insufficient_funds", "try_again_later", "51", "", "Your card has insufficient funds."},
    {"card_declined", "lost_card", "do_not_try_again", "41", "", kDeclined},
    {"card_declined", "stolen_card", "do_not_try_again", "43", "", kDeclined},
    {"expired_card", "expired_card", "do_not_try_again", "54", "exp_month", "Your card has expired."},
    {"incorrect_cvc", "incorrect_cvc", "confirm_card_data", "N7", "cvc", "Your card's security code is incorrect."},
    {"processing_error", "processing_error", "try_again_later", "", "",
     "An error occurred while processing your card. Try again in a little bit."},
    {"incorrect_number", "incorrect_number", "confirm_card_data", "", "number", "Your card number is incorrect."},
    {"card_declined", "fraudulent", "do_not_try_again", "", "", kDeclined},
    {"card_declined", "highest_risk_level", "do_not_try_again", "", "", kDeclined},
    {"card_declined", "card_velocity_exceeded", "try_again_later", "65", "",
     "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."},
    {"card_declined", "do_not_honor", "try_again_later", "05", "", kDeclined},
    {"card_declined", "pickup_card", "do_not_try_again", "04", "", kDeclined},
    {"card_declined", "try_again_later", "try_again_later", "91", "", kDeclined},
});

consteval std::uint8_t decline(std::string_view decline_code) {
    for (std::size_t i = 0; i < kDeclines.size(); ++i) {
        if (kDeclines[i].decline_code == decline_code) return static_cast<std::uint8_t>(i);
    }
    throw "no such decline code";
}

consteval Method good(std::string_view name, std::string_view brand, std::string_view last4,
                      std::string_view funding = "credit") {
    return {name, brand, last4, funding, Behaviour::succeeds, 0};
}
consteval Method refunded_late(std::string_view name, std::string_view last4, RefundBehaviour refunds) {
    return {name, "visa", last4, "credit", Behaviour::succeeds, 0, refunds};
}
consteval Method bad(std::string_view name, std::string_view last4, std::string_view decline_code) {
    return {name, "visa", last4, "credit", Behaviour::declines, decline(decline_code)};
}
consteval Method challenged(std::string_view name, std::string_view last4) {
    return {name, "visa", last4, "credit", Behaviour::needs_challenge, 0};
}
consteval Method challenged(std::string_view name, std::string_view last4, std::string_view decline_code) {
    return {name, "visa", last4, "credit", Behaviour::challenge_then_decline, decline(decline_code)};
}

constexpr auto kMethods = std::to_array<Method>({
    good("visa", "visa", "4242"),
    good("visa_debit", "visa", "5556", "debit"),
    good("mastercard", "mastercard", "4444"),
    good("mastercard_debit", "mastercard", "8210", "debit"),
    good("mastercard_prepaid", "mastercard", "5100", "prepaid"),
    good("amex", "amex", "8431"),
    good("discover", "discover", "9424"),
    good("diners", "diners", "3237"),
    good("jcb", "jcb", "0505"),
    good("unionpay", "unionpay", "0005"),
    good("us", "visa", "4242"),
    good("gb", "visa", "0000"),
    good("de", "visa", "3005"),
    good("fr", "visa", "0003"),
    good("jp", "visa", "0003"),
    good("bypassPending", "visa", "0077"),
    good("riskLevelElevated", "visa", "9235"),
    good("threeDSecureOptional", "visa", "3055"),
    refunded_late("pendingRefund", "7726", RefundBehaviour::pending_then_succeeds),
    refunded_late("refundFail", "5126", RefundBehaviour::succeeds_then_fails),
    bad("chargeDeclined", "0002", "generic_decline"),
    bad("chargeDeclinedInsufficientFunds", "9995", "insufficient_funds"),
    bad("chargeDeclinedLostCard", "9987", "lost_card"),
    bad("chargeDeclinedStolenCard", "9979", "stolen_card"),
    bad("chargeDeclinedExpiredCard", "0069", "expired_card"),
    bad("chargeDeclinedIncorrectCvc", "0127", "incorrect_cvc"),
    bad("chargeDeclinedProcessingError", "0119", "processing_error"),
    bad("chargeDeclinedVelocityLimitExceeded", "6975", "card_velocity_exceeded"),
    bad("chargeDeclinedFraudulent", "0019", "fraudulent"),
    bad("chargeCustomerFail", "0341", "generic_decline"),
    bad("radarBlock", "0019", "fraudulent"),
    bad("riskLevelHighest", "4954", "highest_risk_level"),
    challenged("threeDSecure2Required", "3220"),
    challenged("threeDSecureRequired", "3063"),
    challenged("authenticationRequired", "3184"),
    challenged("authenticationRequiredOnSetup", "3155"),
    challenged("threeDSecureRequiredChargeDeclined", "1629", "generic_decline"),
    challenged("threeDSecureRequiredProcessingError", "1280", "processing_error"),
    challenged("authenticationRequiredChargeDeclinedInsufficientFunds", "3178", "insufficient_funds"),
});

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}
std::span<const Decline> declines() {
    return kDeclines;
}

std::int64_t authorization_days(const Method& method, bool off_session) {
    return off_session && method.brand == "visa" ? 5 : 7;
}

bool has_multicapture(const Intent& intent, const Charge& charge) {
    const auto brand = methods()[charge.method].brand;
    return intent.wants_multicapture &&
           (brand == "visa" || brand == "mastercard" || brand == "amex" || brand == "discover");
}

int find_method(std::string_view name) {
    if (name.starts_with("pm_card_")) {
        name.remove_prefix(8);
    } else if (name.starts_with("tok_")) {
        name.remove_prefix(4);
    } else {
        return -1;
    }
    if (name.starts_with("visa_chargeDeclined")) name.remove_prefix(5);
    for (std::size_t i = 0; i < kMethods.size(); ++i) {
        if (kMethods[i].name == name) return static_cast<int>(i);
    }
    return -1;
}

int find_decline(std::string_view decline_code) {
    for (std::size_t i = 0; i < kDeclines.size(); ++i) {
        if (kDeclines[i].decline_code == decline_code) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace florin::simulator
