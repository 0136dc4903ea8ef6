#include "psp/stripe/rules.hpp"

#include <algorithm>
#include <array>

namespace florin::psp::stripe {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kInvalid = "invalid_request_error";

struct Row {
    int status;
    std::string_view code;   // empty: the error has none
    std::string_view param;  // a trailing * matches the rest; "*" alone any, also none
    RefusalMeaning meaning;
};

// Errors of type invalid_request_error. What is not listed is unclear: 409 and every code that speaks of state
// (lock_timeout, idempotency_key_in_use, payment_intent_unexpected_state, token_already_used, …) are left out on
// purpose. Sources: docs.stripe.com/api/errors, docs.stripe.com/error-codes, docs.stripe.com/rate-limits.
constexpr auto kRows = std::to_array<Row>({
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

bool param_matches(std::string_view pattern, std::string_view param) {
    if (!pattern.ends_with('*')) return pattern == param;
    pattern.remove_suffix(1);
    return param.starts_with(pattern);
}

}  // namespace

Rules stripe_rules(Milliseconds read_lag) {
    return {
        .name = "stripe",
        // Keys may be pruned "after at least 24 hours" (docs.stripe.com/api/idempotent_requests); less the longest life
        // of a request and the clock error, rounded down to leave room (rule 13).
        .safe_age = 20h,
        // Assumed, not promised by Stripe: rule 13 asks for at least 1 h.
        .longest_request = 1h,
        // GET and list read Stripe's primary store; how late they may be is the operator's figure.
        .read_lag = read_lag,
        // Hosts under NTP stay far below this.
        .clock_error = 5s,
        // The first status and body are stored once execution began, 500s included: a used key never executes again.
        .repeats_are_safe = true,
    };
}

RefusalMeaning meaning_of(int status, const ErrorWords& error) {
    if (error.type != kInvalid) return {};
    const auto* row = std::ranges::find_if(kRows, [&](const Row& r) {
        return r.status == status && r.code == error.code && param_matches(r.param, error.param);
    });
    return row == kRows.end() ? RefusalMeaning{} : row->meaning;
}

}  // namespace florin::psp::stripe
