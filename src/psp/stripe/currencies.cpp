#include "psp/stripe/currencies.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "psp/stripe/declines.hpp"

namespace florin::psp::stripe {
namespace {

// How many decimals Stripe's integer has, and what it must be divisible by.
struct Form {
    std::string_view currency;
    int decimals;
    std::int64_t step;
};

// What is not listed has the two decimals of ISO 4217. MGA has two in ISO and none at Stripe. ISK and UGX have none in
// ISO; Stripe takes them with two that must be 00 ("to charge 5 UGX, provide an amount value of 500"). The last digit
// of three-decimal amounts must be 0.
constexpr auto kForms = std::to_array<Form>({
    {"BIF", 0, 1},  {"CLP", 0, 1},  {"DJF", 0, 1},  {"GNF", 0, 1},   {"JPY", 0, 1},   {"KMF", 0, 1},
    {"KRW", 0, 1},  {"MGA", 0, 1},  {"PYG", 0, 1},  {"RWF", 0, 1},   {"VND", 0, 1},   {"VUV", 0, 1},
    {"XAF", 0, 1},  {"XOF", 0, 1},  {"XPF", 0, 1},  {"ISK", 2, 100}, {"UGX", 2, 100}, {"BHD", 3, 10},
    {"JOD", 3, 10}, {"KWD", 3, 10}, {"OMR", 3, 10}, {"TND", 3, 10},
});

constexpr std::int64_t kMostUnits = 99'999'999;  // "up to eight digits"

std::optional<Form> form_of(Currency currency) {
    const auto* row = std::ranges::find(kForms, currency.code(), &Form::currency);
    if (row != kForms.end()) return *row;
    if (currency.exponent() == 2) return Form{currency.code(), 2, 1};
    return std::nullopt;
}

// minor × 10^(to − from), empty when a digit would be lost or the number does not fit.
std::optional<std::int64_t> rescaled(std::int64_t minor, int from, int to) {
    for (; from < to; ++from) {
        if (__builtin_mul_overflow(minor, std::int64_t{10}, &minor)) return std::nullopt;
    }
    for (; from > to; --from) {
        if (minor % 10 != 0) return std::nullopt;
        minor /= 10;
    }
    return minor;
}

}  // namespace

std::expected<std::int64_t, payments::Decline> stripe_amount(Money money) {
    const auto form = form_of(money.currency());
    if (!form) return std::unexpected(content_refusal("currency_not_supported"));
    if (money.minor_units() < 1) return std::unexpected(content_refusal("amount_too_small"));
    if (money.minor_units() > kMostUnits) return std::unexpected(content_refusal("amount_too_large"));
    const auto units = rescaled(money.minor_units(), money.currency().exponent(), form->decimals);
    if (!units || *units % form->step != 0) return std::unexpected(content_refusal("invalid_amount"));
    if (*units > kMostUnits) return std::unexpected(content_refusal("amount_too_large"));
    return *units;
}

std::optional<std::int64_t> minor_units(std::int64_t stripe_amount, Currency currency) {
    const auto form = form_of(currency);
    if (!form || stripe_amount % form->step != 0) return std::nullopt;
    return rescaled(stripe_amount, form->decimals, currency.exponent());
}

std::optional<Currency> parse_currency(std::string_view word) {
    std::string code(word);
    const bool is_lower = std::ranges::all_of(code, [](char c) { return c >= 'a' && c <= 'z'; });
    std::ranges::transform(code, code.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
    return is_lower ? Currency::parse(code) : std::nullopt;
}

std::optional<Money> money_of(std::int64_t stripe_amount, std::string_view currency) {
    const auto known = parse_currency(currency);
    if (!known || stripe_amount < 1 || stripe_amount > kMostUnits) return std::nullopt;
    const auto minor = minor_units(stripe_amount, *known);
    return minor ? std::optional(Money{*minor, *known}) : std::nullopt;
}

}  // namespace florin::psp::stripe
