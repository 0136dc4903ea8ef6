#include "store/administration_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace florin::store {
namespace {

using boost::json::object;
using boost::json::value;

value time_or_null(const std::optional<WallTime>& time) {
    return time ? value(format_time(*time)) : value();
}

template <class Id>
value id_or_null(const std::optional<Id>& id) {
    return id ? value(to_string(*id)) : value();
}

object fee_object(const ledger::FeeRule& fee) {
    return {{"basis_points", fee.basis_points}, {"fixed", fee.fixed}};
}

value limit_or_null(const std::optional<RateLimit>& limit) {
    if (!limit) return {};
    return {{"requests_per_second", limit->per_second}, {"burst", limit->burst}};
}

value policy_or_null(const ExpiryPolicy& policy) {
    if (policy.action == BeforeExpiry::none) return {};
    return {{"action", to_string(policy.action)}, {"hours_ahead", policy.hours_ahead}};
}

boost::json::array scope_array(Scopes scopes) {
    boost::json::array words;
    for (const Scope scope : {Scope::read, Scope::write, Scope::refund, Scope::admin}) {
        if (scopes.has(scope)) words.emplace_back(to_string(scope));
    }
    return words;
}

}  // namespace

object settings_of(const Merchant& merchant) {
    object fees;
    for (const auto& [currency, fee] : merchant.fees) fees[currency] = fee_object(fee);
    return {{"name", merchant.name},
            {"default_fee", fee_object(merchant.default_fee)},
            {"fees", std::move(fees)},
            {"rate_limit", limit_or_null(merchant.limit)},
            {"before_expiry", policy_or_null(merchant.before_expiry)}};
}

object settings_of(const NewKey& key) {
    return {{"mode", to_string(key.mode)},
            {"name", key.name},
            {"scopes", scope_array(key.scopes)},
            {"expires_at", time_or_null(key.expires_at)}};
}

object difference_of(const Merchant& before, bool was_closed, const Merchant& after, bool is_closed) {
    object changes;
    auto from = settings_of(before);
    auto to = settings_of(after);
    from["closed"] = was_closed;
    to["closed"] = is_closed;
    for (auto& [name, new_value] : to) {
        if (from[name] != new_value) changes[name] = {{"from", from[name]}, {"to", new_value}};
    }
    return changes;
}

object to_json(const MerchantRow& row) {
    object json{{"id", to_string(row.merchant.id)}};
    for (auto& [name, setting] : settings_of(row.merchant)) json.emplace(name, std::move(setting));
    json.emplace("created_at", format_time(row.created_at));
    json.emplace("closed_at", time_or_null(row.closed_at));
    return json;
}

object to_json(const KeyRow& row) {
    return {{"id", to_string(row.id)},
            {"merchant_id", id_or_null(row.merchant)},
            {"mode", to_string(row.mode)},
            {"name", row.name},
            {"hint", row.hint},
            {"scopes", scope_array(row.scopes)},
            {"created_at", format_time(row.created_at)},
            {"expires_at", time_or_null(row.expires_at)},
            {"revoked_at", time_or_null(row.revoked_at)},
            {"last_used_at", time_or_null(row.last_used_at)},
            {"replaced_by", id_or_null(row.replaced_by)}};
}

object to_json(const AdminAuditRow& row) {
    return {{"id", to_string(row.id)}, {"at", format_time(row.at)}, {"actor", row.actor},
            {"action", row.action},    {"subject", row.subject},    {"details", boost::json::parse(row.details)}};
}

}  // namespace florin::store
