#include "cli/merchant_options.hpp"

#include <fmt/format.h>

#include <charconv>

#include "cli/administration.hpp"

namespace florin::cli {
namespace {

constexpr int kMostBasisPoints = 10'000;
constexpr std::int64_t kMostFixed = 1'000'000;
constexpr int kMostRequests = 1'000'000;

template <class Number>
std::optional<Number> parse_number(std::string_view text, Number most) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_good = error == std::errc() && end == text.data() + text.size() && number >= 0 && number <= most;
    return is_good ? std::optional(number) : std::nullopt;
}

std::string parse_currency(std::string_view text) {
    if (Currency::parse(text)) return std::string(text);
    throw UsageError(fmt::format("{} is no active ISO 4217 code in upper case, such as EUR", text));
}

std::pair<std::string, ledger::FeeRule> parse_fee(std::string_view text) {
    const auto equals = text.find('=');
    const auto plus = text.find('+');
    if (equals != std::string_view::npos && plus != std::string_view::npos && equals < plus) {
        const auto basis_points = parse_number(text.substr(equals + 1, plus - equals - 1), kMostBasisPoints);
        const auto fixed = parse_number(text.substr(plus + 1), kMostFixed);
        if (basis_points && fixed) return {parse_currency(text.substr(0, equals)), {*basis_points, *fixed}};
    }
    throw UsageError("--fee must be a currency, basis points up to 10000 and a fixed part in minor units: EUR=150+25");
}

std::optional<store::RateLimit> limit_of(const MerchantOptions& options) {
    if (options.requests_per_second.has_value() != options.burst.has_value())
        throw UsageError("--requests-per-second and --burst go together: give both");
    if (!options.burst) return std::nullopt;
    return store::RateLimit{.per_second = *options.requests_per_second, .burst = *options.burst};
}

std::optional<store::ExpiryPolicy> policy_of(const MerchantOptions& options) {
    if (options.hours_ahead && !options.before_expiry)
        throw UsageError("--hours-ahead goes with --before-expiry capture or void");
    if (!options.before_expiry) return std::nullopt;
    store::ExpiryPolicy policy{.action = *store::parse_before_expiry(*options.before_expiry)};
    if (policy.action != store::BeforeExpiry::none)
        policy.hours_ahead = options.hours_ahead.value_or(policy.hours_ahead);
    return policy;
}

}  // namespace

void add_settings(CLI::App& command, MerchantOptions& options) {
    command.add_option("--name", options.name, "Shown to people; need not be unique");
    command.add_option("--fee-bps", options.fee_basis_points, "Our fee: hundredths of a per cent of the amount")
        ->check(CLI::Range(0, kMostBasisPoints));
    command
        .add_option("--fee-fixed", options.fee_fixed, "Our fee: plus this, in minor units of the payment's currency")
        ->check(CLI::Range(std::int64_t{0}, kMostFixed));
    command.add_option("--fee", options.fees, "Our fee in one currency: EUR=150+25; may stand more than once")
        ->type_name("CUR=BPS+FIXED")
        ->allow_extra_args(false);
    command.add_option("--requests-per-second", options.requests_per_second, "A rate limit of its own, with --burst")
        ->check(CLI::Range(1, kMostRequests));
    command.add_option("--burst", options.burst, "How many requests at once after a rest")
        ->check(CLI::Range(1, kMostRequests));
    command
        .add_option("--before-expiry", options.before_expiry,
                    "What is done with an authorization that is about to expire: none, capture or void")
        ->check(CLI::IsMember({"none", "capture", "void"}));
    command.add_option("--hours-ahead", options.hours_ahead, "With --before-expiry: how long before; 24 without it")
        ->check(CLI::Range(1, store::kMostHoursAhead));
}

void add_removals(CLI::App& command, MerchantOptions& options) {
    command.add_option("--no-fee", options.no_fees, "The default fee holds in this currency again")
        ->type_name("CUR")
        ->allow_extra_args(false);
    command.add_flag("--no-rate-limit", options.no_limit, "The configured rate limit holds again");
}

store::Merchant new_merchant(const MerchantOptions& options) {
    store::Merchant merchant{.id = {},
                             .name = parse_name(options.name.value_or("")),
                             .default_fee = {options.fee_basis_points.value_or(0), options.fee_fixed.value_or(0)},
                             .fees = {}};
    for (const auto& fee : options.fees) merchant.fees.insert(parse_fee(fee));
    merchant.limit = limit_of(options);
    merchant.before_expiry = policy_of(options).value_or(store::ExpiryPolicy{});
    return merchant;
}

store::MerchantChange change_of(const MerchantOptions& options) {
    if (options.fee_basis_points.has_value() != options.fee_fixed.has_value())
        throw UsageError("--fee-bps and --fee-fixed go together: give both");
    store::MerchantChange change;
    if (options.name) change.name = parse_name(*options.name);
    if (options.fee_fixed) change.default_fee = ledger::FeeRule{*options.fee_basis_points, *options.fee_fixed};
    for (const auto& fee : options.fees) change.fees.insert(parse_fee(fee));
    for (const auto& currency : options.no_fees) {
        if (!change.fees.emplace(parse_currency(currency), std::nullopt).second)
            throw UsageError(fmt::format("--fee and --no-fee both name {}: choose one", currency));
    }
    if (const auto limit = limit_of(options)) change.limit.emplace(*limit);
    change.before_expiry = policy_of(options);
    if (options.no_limit && change.limit) throw UsageError("--no-rate-limit goes without a rate limit");
    if (options.no_limit) change.limit.emplace(std::nullopt);
    return change;
}

}  // namespace florin::cli
