// Merchants, keys and their changes as JSON: the one form for the admin API, the commands and the audit log.
#pragma once

#include <boost/json/object.hpp>

#include "store/administration.hpp"

namespace florin::store {

boost::json::object to_json(const MerchantRow& row);
boost::json::object to_json(const KeyRow& row);
boost::json::object to_json(const AdminAuditRow& row);

// What the audit log says of a new merchant, and of a change: {"name":{"from":"A","to":"B"}}, nothing for none.
boost::json::object settings_of(const Merchant& merchant);
boost::json::object difference_of(const Merchant& before, bool was_closed, const Merchant& after, bool is_closed);
// What it says of a new key.
boost::json::object settings_of(const NewKey& key);

}  // namespace florin::store
