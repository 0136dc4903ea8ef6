// Fields that several bodies of managed things have. Each refusal names its field.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "payments/fields.hpp"
#include "store/merchant.hpp"

namespace florin::api {

Checked<const boost::json::object*> read_object(const boost::json::value& body);
// Of a body that says nothing: absent, or {}.
std::optional<Refusal> fault_of_any_field(const boost::json::value& body);
// {"overlap_seconds":3600}: how long what is replaced serves beside what replaces it; a day when it is absent.
Checked<std::chrono::seconds> parse_overlap(const boost::json::value& body, std::chrono::days longest);
// The strings of an array; none where it is something else.
std::optional<std::vector<std::string>> read_words(const boost::json::value& json);
Checked<std::string> read_name(const boost::json::value& name);
Checked<ledger::FeeRule> read_fee(const boost::json::value& fee, const std::string& pointer);
// {"action":"capture","hours_ahead":24}; null for none.
Checked<store::ExpiryPolicy> read_before_expiry(const boost::json::value& policy);
Checked<store::RateLimit> read_rate_limit(const boost::json::value& limit);
// {"EUR":{…},"USD":null}; null only where a fee may be removed.
enum class Nulls : std::uint8_t { refused, remove };
Checked<std::map<std::string, std::optional<ledger::FeeRule>>> read_fees(const boost::json::value& fees, Nulls nulls);

}  // namespace florin::api
