#include "cli/amounts.hpp"

#include <fmt/format.h>

#include "base/currency.hpp"

namespace florin::cli {

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
