#include "api/admin_fields.hpp"

#include <fmt/format.h>

#include <array>

namespace florin::api {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::size_t kLongestName = 100;
constexpr std::int64_t kMostBasisPoints = 10'000;
constexpr std::int64_t kMostFixed = 1'000'000;
constexpr std::int64_t kMostRequests = 1'000'000;
constexpr auto kOverlapFields = std::to_array<std::string_view>({"overlap_seconds"});
constexpr std::chrono::seconds kUsualOverlap = std::chrono::hours(24);

std::unexpected<Refusal> invalid_at(std::string pointer, std::string detail) {
    return refuse(Error::invalid_field, std::move(detail), std::move(pointer));
}

// An object of exactly the two whole numbers; `least`…`most` of each.
struct Range {
    std::string_view name;
    std::int64_t least, most;
};

std::optional<std::int64_t> number_in(const object& members, const Range& range) {
    const auto* member = members.if_contains(range.name);
    const auto* number = member ? member->if_int64() : nullptr;
    return number && *number >= range.least && *number <= range.most ? std::optional(*number) : std::nullopt;
}

Checked<std::pair<std::int64_t, std::int64_t>> read_pair(const value& json, const Range& first, const Range& second,
                                                         const std::string& pointer) {
    const auto* members = json.if_object();
    const auto a = members ? number_in(*members, first) : std::nullopt;
    const auto b = members ? number_in(*members, second) : std::nullopt;
    if (a && b && members->size() == 2) return std::pair(*a, *b);
    return invalid_at(
        pointer,
        fmt::format("{} must be an object of two whole numbers: {} from {} to {}, {} from {} to {}.", pointer.substr(1),
                    first.name, first.least, first.most, second.name, second.least, second.most));
}

}  // namespace

Checked<const object*> read_object(const value& body) {
    const auto* fields = body.if_object();
    if (fields == nullptr) return refuse(Error::malformed_request, "The body must be a JSON object.");
    if (auto fault = payments::fault_of_card_numbers(*fields)) return std::unexpected(std::move(*fault));
    return fields;
}

std::optional<Refusal> fault_of_any_field(const value& body) {
    const auto fields = read_object(body);
    return fields ? payments::fault_of_names(**fields, {}) : std::optional(fields.error());
}

Checked<std::chrono::seconds> parse_overlap(const value& body, std::chrono::days longest) {
    const auto fields = read_object(body);
    if (!fields) return std::unexpected(fields.error());
    if (auto fault = payments::fault_of_names(**fields, kOverlapFields)) return std::unexpected(std::move(*fault));
    const auto* member = (*fields)->if_contains("overlap_seconds");
    if (member == nullptr) return kUsualOverlap;
    const std::chrono::seconds most = longest;
    const auto* seconds = member->if_int64();
    if (seconds && *seconds >= 0 && *seconds <= most.count()) return std::chrono::seconds(*seconds);
    return invalid_at("/overlap_seconds", fmt::format("overlap_seconds must be a whole number from 0 to {} ({} days).",
                                                      most.count(), longest.count()));
}

std::optional<std::vector<std::string>> read_words(const value& json) {
    const auto* members = json.if_array();
    if (members == nullptr) return std::nullopt;
    std::vector<std::string> words;
    for (const auto& member : *members) {
        const auto* word = member.if_string();
        if (word == nullptr) return std::nullopt;
        words.emplace_back(*word);
    }
    return words;
}

Checked<std::string> read_name(const value& name) {
    const auto* text = name.if_string();
    if (text == nullptr || text->empty() || payments::characters(*text) > kLongestName)
        return invalid_at("/name", "name must be a string of 1 to 100 characters.");
    return std::string(*text);
}

Checked<ledger::FeeRule> read_fee(const value& fee, const std::string& pointer) {
    auto pair = read_pair(fee, {"basis_points", 0, kMostBasisPoints}, {"fixed", 0, kMostFixed}, pointer);
    if (!pair) return std::unexpected(std::move(pair.error()));
    return ledger::FeeRule{.basis_points = static_cast<std::int32_t>(pair->first), .fixed = pair->second};
}

Checked<store::RateLimit> read_rate_limit(const value& limit) {
    auto pair = read_pair(limit, {"requests_per_second", 1, kMostRequests}, {"burst", 1, kMostRequests}, "/rate_limit");
    if (!pair) return std::unexpected(std::move(pair.error()));
    return store::RateLimit{.per_second = static_cast<int>(pair->first), .burst = static_cast<int>(pair->second)};
}

Checked<store::ExpiryPolicy> read_before_expiry(const value& policy) {
    if (policy.is_null()) return store::ExpiryPolicy{};
    const auto* members = policy.if_object();
    const auto hours = members ? number_in(*members, {"hours_ahead", 1, store::kMostHoursAhead}) : std::nullopt;
    const auto* action = members ? members->if_contains("action") : nullptr;
    const auto parsed = action && action->is_string() ? store::parse_before_expiry(action->get_string()) : std::nullopt;
    const bool is_known = parsed && *parsed != store::BeforeExpiry::none;
    if (is_known && hours && members->size() == 2)
        return store::ExpiryPolicy{.action = *parsed, .hours_ahead = static_cast<int>(*hours)};
    return invalid_at("/before_expiry",
                      fmt::format("before_expiry must be null, or an object: action \"capture\" or \"void\", and "
                                  "hours_ahead from 1 to {}, counted back from capture_before.",
                                  store::kMostHoursAhead));
}

Checked<std::map<std::string, std::optional<ledger::FeeRule>>> read_fees(const value& fees, Nulls nulls) {
    const auto* members = fees.if_object();
    if (members == nullptr)
        return invalid_at("/fees",
                          "fees must be an object of fees by currency: {\"EUR\": {\"basis_points\": 150, "
                          "\"fixed\": 25}}.");
    std::map<std::string, std::optional<ledger::FeeRule>> read;
    for (const auto& [currency, fee] : *members) {
        if (!Currency::parse(currency)) {
            return refuse(Error::currency_unknown, "The names in fees must be active ISO 4217 codes in upper case.",
                          "/fees");
        }
        if (fee.is_null() && nulls == Nulls::remove) {
            read.emplace(currency, std::nullopt);
            continue;
        }
        auto rule = read_fee(fee, "/fees/" + std::string(currency));
        if (!rule) return std::unexpected(std::move(rule.error()));
        read.emplace(currency, *rule);
    }
    return read;
}

}  // namespace florin::api
