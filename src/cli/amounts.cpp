#include "cli/amounts.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/currency.hpp"

namespace florin::cli {

namespace {

std::unexpected<Refusal> refuse_amount(const Currency& currency) {
    const auto example = amount_text(1050, currency.code());
    return refuse(Error::invalid_field,
                  fmt::format("an amount in {} looks like {}", currency.code(), example.substr(0, example.find(' '))));
}

}  // namespace

Checked<std::int64_t> parse_amount(std::string_view text, std::string_view code) {
    const auto currency = Currency::parse(code);
    if (!currency) {
        return refuse(Error::currency_unknown,
                      fmt::format("{} is no currency: write three capitals of ISO 4217, such as EUR", code));
    }
    const auto decimals = static_cast<std::size_t>(currency->exponent());
    const auto point = text.find('.');
    auto digits = std::string(text.substr(0, point));
    if (digits.empty()) return refuse_amount(*currency);
    const auto fraction =
        point == std::string_view::npos ? std::string(decimals, '0') : std::string(text.substr(point + 1));
    if (fraction.size() != decimals || (point != std::string_view::npos && decimals == 0))
        return refuse_amount(*currency);
    digits += fraction;
    std::int64_t minor_units = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), minor_units);
    const bool is_number = digits.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || error != std::errc() || end != digits.data() + digits.size()) return refuse_amount(*currency);
    return minor_units;
}

std::string amount_text(std::int64_t minor_units, std::string_view currency) {
    const auto known = Currency::parse(currency);
    const auto exponent = known ? static_cast<std::size_t>(known->exponent()) : 0;
    // The magnitude of the smallest number has no signed form.
    const auto bits = static_cast<std::uint64_t>(minor_units);
    auto digits = std::to_string(minor_units < 0 ? 0 - bits : bits);
    if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
    if (exponent > 0) digits.insert(digits.size() - exponent, 1, '.');
    return fmt::format("{}{} {}", minor_units < 0 ? "-" : "", digits, currency);
}

std::string Sums::to_text() const {
    std::string text;
    for (const auto& [currency, sum] : sums_) text += (text.empty() ? "" : ", ") + amount_text(sum, currency);
    return text.empty() ? "nothing" : text;
}

boost::json::object Sums::to_json() const {
    boost::json::object object;
    for (const auto& [currency, sum] : sums_) object[currency] = sum;
    return object;
}

}  // namespace florin::cli
