// Amounts as people write and read them, and their sums: "30.00 EUR".
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace florin::cli {

// "10.00" in a currency with two decimals is 1000, without any detour through binary fractions; all its decimals must
// stand there, or none ("10"). The refusal says what to write instead.
Checked<std::int64_t> parse_amount(std::string_view text, std::string_view currency);

// With the currency's own number of decimals: "30.00 EUR", "-0.05 USD", "1050 JPY".
std::string amount_text(std::int64_t minor_units, std::string_view currency);

// Sums per currency.
class Sums {
public:
    void add(std::int64_t minor_units, std::string_view currency) { sums_[std::string(currency)] += minor_units; }
    std::string to_text() const;          // "30.00 EUR, 12.00 USD"; "nothing" without any
    boost::json::object to_json() const;  // {"EUR":3000}

private:
    std::map<std::string, std::int64_t> sums_;
};

}  // namespace florin::cli
