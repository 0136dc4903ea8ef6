#include "api/admin_request.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "api/admin_fields.hpp"
#include "payments/fields.hpp"

namespace florin::api {
namespace {

using boost::json::object;
using boost::json::value;
using payments::Fault;
using payments::invalid;

constexpr auto kKeyFields = std::to_array<std::string_view>({"merchant_id", "mode", "name", "scopes", "expires_at"});
constexpr auto kMerchantFields =
    std::to_array<std::string_view>({"name", "default_fee", "fees", "rate_limit", "before_expiry"});
constexpr auto kChangeFields =
    std::to_array<std::string_view>({"name", "default_fee", "fees", "rate_limit", "before_expiry", "closed"});
constexpr auto kName = std::to_array<std::string_view>({"name"});

constexpr std::chrono::days kLongestOverlap{30};

// Takes the value into `target`, or its refusal out.
template <class Target, class T>
Fault take(Target& target, Checked<T> value) {
    if (!value) return std::move(value.error());
    target = std::move(*value);
    return std::nullopt;
}

Fault read_merchant_id(const object& body, KeyRequest& request) {
    const auto* member = body.if_contains("merchant_id");
    if (member == nullptr) return std::nullopt;
    const auto* text = member->if_string();
    if (text == nullptr) return invalid("merchant_id", "merchant_id must be a string, mer_….");
    request.merchant = std::string_view(*text);
    return std::nullopt;
}

Fault read_mode(const object& body, KeyRequest& request) {
    const auto* member = body.if_contains("mode");
    if (member == nullptr) return std::nullopt;
    const auto* text = member->if_string();
    request.mode = text ? store::parse_key_mode(*text) : std::nullopt;
    if (request.mode && *request.mode != store::KeyMode::admin) return std::nullopt;
    return invalid("mode",
                   "mode must be \"test\" or \"live\". Operators' keys are made by `florin keys create --admin` only.");
}

Fault read_scopes(const object& body, KeyRequest& request) {
    const auto* member = body.if_contains("scopes");
    if (member == nullptr) return std::nullopt;
    const auto words = read_words(*member);
    const auto has_comma = [](const std::string& word) { return word.contains(','); };
    const bool are_words = words && std::ranges::none_of(*words, has_comma);
    const auto scopes = are_words ? store::Scopes::parse(fmt::format("{}", fmt::join(*words, ","))) : std::nullopt;
    if (!scopes) {
        return invalid("scopes",
                       "scopes must be an array of at least one of \"read\", \"write\", \"refund\" and \"admin\", each "
                       "at most once.");
    }
    request.scopes = *scopes;
    return std::nullopt;
}

Fault read_expires_at(const object& body, WallTime now, KeyRequest& request) {
    const auto* member = body.if_contains("expires_at");
    if (member == nullptr || member->is_null()) return std::nullopt;
    const auto* text = member->if_string();
    request.expires_at = text ? parse_time(*text) : std::nullopt;
    if (request.expires_at && *request.expires_at > now) return std::nullopt;
    return invalid("expires_at", "expires_at must be an RFC 3339 time ahead, such as 2030-01-31T00:00:00Z, or null.");
}

Fault read_settings(const object& body, Nulls nulls, store::MerchantChange& change) {
    Fault fault;
    if (const auto* name = body.if_contains("name")) fault = take(change.name, read_name(*name));
    const auto* fee = body.if_contains("default_fee");
    if (!fault && fee) fault = take(change.default_fee, read_fee(*fee, "/default_fee"));
    const auto* fees = body.if_contains("fees");
    if (!fault && fees) fault = take(change.fees, read_fees(*fees, nulls));
    const auto* limit = body.if_contains("rate_limit");
    if (!fault && limit && limit->is_null()) {
        change.limit.emplace(std::nullopt);
    } else if (!fault && limit) {
        fault = take(change.limit, read_rate_limit(*limit));
    }
    const auto* policy = body.if_contains("before_expiry");
    if (!fault && policy) fault = take(change.before_expiry, read_before_expiry(*policy));
    return fault;
}

Fault read_closed(const object& body, store::MerchantChange& change) {
    const auto* member = body.if_contains("closed");
    if (member == nullptr) return std::nullopt;
    if (!member->is_bool()) return invalid("closed", "closed must be true or false, without quotes.");
    change.closed = member->get_bool();
    return std::nullopt;
}

}  // namespace

Checked<KeyRequest> parse_key_request(const value& body, WallTime now) {
    const auto fields = read_object(body);
    if (!fields) return std::unexpected(fields.error());
    KeyRequest request;
    Fault fault = payments::fault_of_names(**fields, kKeyFields, kName);
    if (!fault) fault = take(request.name, read_name((*fields)->at("name")));
    if (!fault) fault = read_merchant_id(**fields, request);
    if (!fault) fault = read_mode(**fields, request);
    if (!fault) fault = read_scopes(**fields, request);
    if (!fault) fault = read_expires_at(**fields, now, request);
    if (fault) return std::unexpected(std::move(*fault));
    return request;
}

Checked<std::chrono::seconds> parse_rotation(const value& body) {
    return parse_overlap(body, kLongestOverlap);
}

Checked<store::Merchant> parse_new_merchant(const value& body) {
    const auto fields = read_object(body);
    if (!fields) return std::unexpected(fields.error());
    store::MerchantChange settings;
    Fault fault = payments::fault_of_names(**fields, kMerchantFields, kName);
    if (!fault) fault = read_settings(**fields, Nulls::refused, settings);
    if (fault) return std::unexpected(std::move(*fault));
    store::Merchant merchant{.id = {}, .name = std::move(*settings.name), .default_fee = {}, .fees = {}};
    if (settings.default_fee) merchant.default_fee = *settings.default_fee;
    for (const auto& [currency, fee] : settings.fees) merchant.fees.emplace(currency, *fee);
    merchant.limit = settings.limit.value_or(std::nullopt);
    merchant.before_expiry = settings.before_expiry.value_or(store::ExpiryPolicy{});
    return merchant;
}

Checked<store::MerchantChange> parse_merchant_change(const value& body) {
    const auto fields = read_object(body);
    if (!fields) return std::unexpected(fields.error());
    store::MerchantChange change;
    Fault fault = payments::fault_of_names(**fields, kChangeFields);
    if (!fault) fault = read_settings(**fields, Nulls::remove, change);
    if (!fault) fault = read_closed(**fields, change);
    if (fault) return std::unexpected(std::move(*fault));
    return change;
}

}  // namespace florin::api
