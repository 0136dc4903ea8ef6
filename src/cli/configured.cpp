#include "cli/configured.hpp"

namespace florin::cli {
namespace {

constexpr Milliseconds kLeaseMargin{15'000};  // the lease outlasts the call, so that the resolver rarely races it

ledger::FeeRule fee_rule(const config::Fee& fee) {
    return {.basis_points = fee.basis_points, .fixed = fee.fixed};
}

}  // namespace

flow::FlowOptions flow_options(const config::Config& config) {
    return {.answer_within = config.answer_within,
            .psp_deadline = config.psp_deadline,
            .lease = config.psp_deadline + kLeaseMargin,
            .execute_for = config.execute_for,
            .abandon_after = config.abandon_after,
            .resolver_per_second = static_cast<double>(config.resolver_per_second)};
}

Checked<psp::stripe::StripeOptions> stripe_options(const config::StripeAccount& account, bool live) {
    auto origin = http::parse_origin(account.base_url);
    if (!origin) return std::unexpected(std::move(origin.error()));
    psp::stripe::StripeOptions options;
    options.account = account.name;
    options.live = live;
    options.origin = std::move(*origin);
    options.key = account.secret_key;
    options.read_lag = account.read_lag;
    options.stores_errors = account.stores_errors;
    options.refund_looks = account.refund_looks;
    return options;
}

flow::PspAccount flow_account(psp::Psp& psp, const config::StripeAccount& account, bool live) {
    flow::PspAccount wired;
    wired.psp = &psp;
    wired.account = {.psp = psp.rules().name, .name = account.name, .live = live};
    wired.default_fee = fee_rule(account.fee);
    for (const auto& [currency, fee] : account.fees) wired.fees[currency] = fee_rule(fee);
    return wired;
}

webhooks::TargetRules target_rules(const config::Config& config) {
    return {.allow_loopback = config.webhooks.allow_loopback, .ports = config.webhooks.ports};
}

}  // namespace florin::cli
