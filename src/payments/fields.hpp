// What the fields of all request bodies have in common: names, card numbers, amounts and currencies. A fault is the
// refusal of the first thing that is wrong.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/currency.hpp"
#include "base/error.hpp"

namespace florin::payments {

using Fault = std::optional<Refusal>;

Refusal invalid(std::string_view field, std::string detail);
// Characters as people count them: code points, not bytes. The text is well-formed UTF-8.
std::size_t characters(std::string_view text);

// A card number in any name or value; `allowed_method` is the one payment_method that may look like one, empty for
// none.
Fault fault_of_card_numbers(const boost::json::object& body, std::string_view allowed_method = {});
// A name that is not known, or a required one that is missing.
Fault fault_of_names(const boost::json::object& body, std::span<const std::string_view> known,
                     std::span<const std::string_view> required = {});

// The members "amount" and "currency". An amount's limits are the caller's business.
Checked<std::int64_t> read_minor_units(const boost::json::value& amount);
Checked<Currency> read_currency(const boost::json::value& currency);

}  // namespace florin::payments
