#include "psp/stripe/rules.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace florin::psp::stripe {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kInvalid = "invalid_request_error";

// Errors of type invalid_request_error. What is not listed is unclear: 409 and every code that speaks of state
// (lock_timeout, idempotency_key_in_use, payment_intent_unexpected_state, token_already_used, …) are left out on
// purpose. Sources: docs.stripe.com/api/errors, docs.stripe.com/error-codes, docs.stripe.com/rate-limits.
constexpr auto kRows = std::to_array<RefusalRow>({
    {401, "", "*", {Refusal::credentials}},
    {401, "api_key_expired", "*", {Refusal::credentials}},
    {401, "platform_api_key_expired", "*", {Refusal::credentials}},
    {401, "secret_key_required", "*", {Refusal::credentials}},
    {403, "", "*", {Refusal::credentials}},
    {403, "secret_key_required", "*", {Refusal::credentials}},
    {403, "account_invalid", "*", {Refusal::credentials}},
    {429, "rate_limit", "*", {Refusal::rate}},
    {400, "amount_too_small", "*", {Refusal::content, "amount_too_small"}},
    {400, "amount_too_large", "*", {Refusal::content, "amount_too_large"}},
    {400, "invalid_charge_amount", "*", {Refusal::content, "invalid_amount"}},
    {400, "livemode_mismatch", "*", {Refusal::content, "invalid_payment_method"}},
    {400, "resource_missing", "payment_method*", {Refusal::content, "invalid_payment_method"}},
    {404, "resource_missing", "payment_method*", {Refusal::content, "invalid_payment_method"}},
    {400, "payment_method_invalid_parameter", "*", {Refusal::content, "invalid_payment_method"}},
    {400, "url_invalid", "*", {Refusal::content, "invalid_return_url"}},
    {400, "parameter_invalid_integer", "amount", {Refusal::content, "invalid_amount"}},
    {400, "parameter_invalid_empty", "*", {Refusal::content, "invalid_request"}},
    {400, "parameter_invalid_integer", "*", {Refusal::content, "invalid_request"}},
    {400, "parameter_invalid_string_blank", "*", {Refusal::content, "invalid_request"}},
    {400, "parameter_invalid_string_empty", "*", {Refusal::content, "invalid_request"}},
    {400, "parameter_missing", "*", {Refusal::content, "invalid_request"}},
    {400, "parameter_unknown", "*", {Refusal::content, "invalid_request"}},
    {400, "parameters_exclusive", "*", {Refusal::content, "invalid_request"}},
    // "Invalid currency: …" and the like come without a code and name the parameter.
    {400, "", "currency", {Refusal::content, "currency_not_supported"}},
    {400, "", "amount", {Refusal::content, "invalid_amount"}},
    {400, "", "payment_method*", {Refusal::content, "invalid_payment_method"}},
    {400, "", "return_url", {Refusal::content, "invalid_return_url"}},
    {400, "", "description", {Refusal::content, "invalid_request"}},
});

// The same for captures, voids and refunds, looked at first: what the payment's state refuses. Sources:
// docs.stripe.com/error-codes, docs.stripe.com/api/payment_intents/capture and /cancel, docs.stripe.com/refunds.
constexpr auto kStateRows = std::to_array<RefusalRow>({
    {400, "payment_intent_unexpected_state", "*", {Refusal::state, "operation_refused"}},
    {400, "charge_already_captured", "*", {Refusal::state, "already_captured"}},
    {400, "charge_already_refunded", "*", {Refusal::state, "already_refunded"}},
    {400, "charge_expired_for_capture", "*", {Refusal::state, "authorization_expired"}},
    {400, "capture_charge_authorization_expired", "*", {Refusal::state, "authorization_expired"}},
    {400, "capture_unauthorized_payment", "*", {Refusal::state, "operation_refused"}},
    {400, "charge_disputed", "*", {Refusal::state, "payment_disputed"}},
    {400, "charge_not_refundable", "*", {Refusal::state, "not_refundable"}},
    {400, "balance_insufficient", "*", {Refusal::state, "psp_balance_insufficient"}},
    {400, "amount_too_large", "*", {Refusal::state, "amount_not_available"}},
    // "Refund amount ($25.00) is greater than unrefunded amount on charge ($10.00)", and the like of a capture, come
    // without a code.
    {400, "", "amount", {Refusal::state, "amount_not_available"}},
    {400, "", "amount_to_capture", {Refusal::state, "amount_not_available"}},
    {400, "parameter_invalid_integer", "amount_to_capture", {Refusal::content, "invalid_amount"}},
    // "This PaymentIntent does not have a successful charge to refund."
    {400, "", "payment_intent", {Refusal::state, "not_refundable"}},
    // No multicapture, or no further one but the final.
    {400, "", "final_capture", {Refusal::state, "operation_refused"}},
    // The intent holds no more marks of captures.
    {400, "", "metadata*", {Refusal::state, "operation_refused"}},
});

struct Window {
    std::string_view brand;
    std::chrono::seconds lasts;
};

// docs.stripe.com/payments/place-a-hold-on-a-payment-method: "card-not-present", "customer-initiated". Visa's 5 days
// for what a merchant initiates are 4 days and 18 hours, "to allow time for clearing processes".
constexpr auto kWindows = std::to_array<Window>({
    {"visa", 7 * 24h},
    {"mastercard", 7 * 24h},
    {"amex", 7 * 24h},
    {"discover", 7 * 24h},
});
constexpr std::chrono::seconds kShortestWindow = 4 * 24h + 18h;

bool param_matches(std::string_view pattern, std::string_view param) {
    if (!pattern.ends_with('*')) return pattern == param;
    pattern.remove_suffix(1);
    return param.starts_with(pattern);
}

}  // namespace

std::chrono::seconds authorization_window(std::string_view brand) {
    const auto* row = std::ranges::find(kWindows, brand, &Window::brand);
    return row == kWindows.end() ? kShortestWindow : row->lasts;
}

Rules stripe_rules(AccountFacts account) {
    std::vector<Proof> proofs{Proof::same_key_repeat, Proof::look_up, Proof::event, Proof::settlement_file};
    if (!account.stores_errors) std::erase(proofs, Proof::same_key_repeat);
    return {
        .name = "stripe",
        // Keys may be pruned "after at least 24 hours" (docs.stripe.com/api/idempotent_requests); less the longest life
        // of a request and the clock error, rounded down to leave room (rule 13).
        .safe_age = 20h,
        // Assumed, not promised by Stripe: rule 13 asks for at least 1 h.
        .longest_request = 1h,
        // GET and list read Stripe's primary store; how late they may be is the operator's figure.
        .read_lag = account.read_lag,
        // Hosts under NTP stay far below this.
        .clock_error = 5s,
        .key_life = 24h,
        // Payouts of cards run daily, at the slowest 14 days after the charge (docs.stripe.com/payouts, first payouts).
        .longest_settlement = 14 * 24h,
        // The first status and body are stored once execution began, 500s included: a used key never executes again.
        .stores_errors = account.stores_errors,
        .proofs = std::move(proofs),
        // A refund can fail up to 30 days after it succeeded (docs.stripe.com/refunds, "failed refunds").
        .refund_looks = std::move(account.refund_looks),
        // A card capture that succeeded is not taken back.
        .capture_looks = {},
    };
}

namespace {

const RefusalRow* find_row(std::span<const RefusalRow> rows, int status, const ErrorWords& error) {
    const auto row = std::ranges::find_if(rows, [&](const RefusalRow& r) {
        return r.status == status && r.code == error.code && param_matches(r.param, error.param);
    });
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace

std::span<const RefusalRow> refusals() {
    return kRows;
}

std::span<const RefusalRow> refusals_by_state() {
    return kStateRows;
}

LookUp look_up_of(payments::OperationKind kind) {
    if (creates_payment(kind)) return LookUp::intents_list;
    return kind == payments::OperationKind::refund ? LookUp::refunds_list : LookUp::intent;
}

RefusalMeaning meaning_of(payments::OperationKind kind, int status, const ErrorWords& error) {
    if (error.type != kInvalid) return {};
    const RefusalRow* row = creates_payment(kind) ? nullptr : find_row(kStateRows, status, error);
    if (row == nullptr) row = find_row(kRows, status, error);
    return row == nullptr ? RefusalMeaning{} : row->meaning;
}

}  // namespace florin::psp::stripe
