// Fields that several bodies of the admin API have. Each refusal names its field.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>

#include "payments/fields.hpp"
#include "store/merchant.hpp"

namespace florin::api {

Checked<const boost::json::object*> read_object(const boost::json::value& body);
Checked<std::string> read_name(const boost::json::value& name);
Checked<ledger::FeeRule> read_fee(const boost::json::value& fee, const std::string& pointer);
// {"action":"capture","hours_ahead":24}; null for none.
Checked<store::ExpiryPolicy> read_before_expiry(const boost::json::value& policy);
Checked<store::RateLimit> read_rate_limit(const boost::json::value& limit);
// {"EUR":{…},"USD":null}; null only where a fee may be removed.
enum class Nulls : std::uint8_t { refused, remove };
Checked<std::map<std::string, std::optional<ledger::FeeRule>>> read_fees(const boost::json::value& fees, Nulls nulls);

}  // namespace florin::api
