// The bodies of the admin API: what is taken is within limits, and a merchant is the same when it is sent again.
#include "api/admin_request.hpp"
#include "api/admin_fields.hpp"

#include "fuzz/property.hpp"
#include "payments/fields.hpp"

namespace florin::fuzz {
namespace {

using boost::json::object;
using boost::json::value;

const WallTime kNow{std::chrono::seconds(1'770'000'000)};

void must_be_a_name(const std::string& name) {
    must(!name.empty() && payments::characters(name) <= 100, "a name has 1 to 100 characters");
    must(!payments::contains_card_number(name), "a name holds no card number");
}

void must_be_a_fee(const ledger::FeeRule& fee) {
    must(fee.basis_points >= 0 && fee.basis_points <= 10'000 && fee.fixed >= 0, "a fee is within limits");
}

object rendered(const ledger::FeeRule& fee) {
    return {{"fixed", fee.fixed}, {"basis_points", fee.basis_points}};
}

value rendered(const store::Merchant& merchant) {
    object fees;
    for (const auto& [currency, fee] : merchant.fees) fees.emplace(currency, rendered(fee));
    object body{{"fees", std::move(fees)}, {"name", merchant.name}, {"default_fee", rendered(merchant.default_fee)}};
    if (merchant.limit)
        body.emplace("rate_limit",
                     object{{"burst", merchant.limit->burst}, {"requests_per_second", merchant.limit->per_second}});
    return body;
}

void check_merchant(const value& body) {
    const auto merchant = api::parse_new_merchant(body);
    if (!merchant) return must_be_showable(merchant.error());
    must_be_a_name(merchant->name);
    must_be_a_fee(merchant->default_fee);
    for (const auto& [currency, fee] : merchant->fees) {
        must(Currency::parse(currency).has_value(), "fees are of known currencies");
        must_be_a_fee(fee);
    }
    must(!merchant->limit || (merchant->limit->per_second >= 1 && merchant->limit->burst >= 1),
         "a limit lets some through");
    const auto again = api::parse_new_merchant(rendered(*merchant));
    must(again && *again == *merchant, "a merchant is the same when it is sent again");
    must(api::parse_merchant_change(body).has_value(), "what makes a merchant may change one");
}

void check_change(const value& body) {
    const auto change = api::parse_merchant_change(body);
    if (!change) return must_be_showable(change.error());
    if (change->name) must_be_a_name(*change->name);
    if (change->default_fee) must_be_a_fee(*change->default_fee);
    for (const auto& [currency, fee] : change->fees) must(Currency::parse(currency).has_value(), "known currencies");
}

void check_key(const value& body) {
    const auto key = api::parse_key_request(body, kNow);
    if (!key) return must_be_showable(key.error());
    must_be_a_name(key->name);
    must(!key->mode || *key->mode != store::KeyMode::admin, "no operator's key is made here");
    must(!key->scopes.empty(), "a key may do something");
    must(store::Scopes::parse(to_string(key->scopes)) == key->scopes, "scopes are read as they are written");
    must(!key->expires_at || *key->expires_at > kNow, "a key ends ahead");
    must(!key->expires_at || parse_time(format_time(*key->expires_at)), "and its end can be shown");
}

void check_small(const value& body) {
    const auto overlap = api::parse_rotation(body);
    if (overlap) must(overlap->count() >= 0 && *overlap <= std::chrono::days(30), "an overlap is at most a month");
    if (!overlap) must_be_showable(overlap.error());
    const auto fault = api::fault_of_any_field(body);
    if (fault) must_be_showable(*fault);
    must(fault || body.as_object().empty(), "a revocation says nothing");
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    return with_json(data, size, check_merchant, check_change, check_key, check_small);
}
