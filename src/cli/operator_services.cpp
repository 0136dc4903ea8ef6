#include "cli/operator_services.hpp"

#include "cli/command.hpp"
#include "cli/database.hpp"

namespace florin::cli {
namespace {

ledger::FeeRule fee_rule(const config::Fee& fee) {
    return {.basis_points = fee.basis_points, .fixed = fee.fixed};
}

flow::PspAccount wired(const PspAccount& account, const config::StripeAccount& configured) {
    flow::PspAccount wired;
    wired.psp = account.psp.get();
    wired.account = {.psp = account.psp->rules().name, .name = account.psp->account(), .live = account.live};
    wired.default_fee = fee_rule(configured.fee);
    for (const auto& [currency, fee] : configured.fees) wired.fees[currency] = fee_rule(fee);
    return wired;
}

}  // namespace

flow::FlowOptions flow_options(const config::Config& config) {
    constexpr Milliseconds kLeaseMargin{15'000};  // the lease outlasts the call
    return {.answer_within = config.answer_within,
            .psp_deadline = config.psp_deadline,
            .lease = config.psp_deadline + kLeaseMargin,
            .execute_for = config.execute_for,
            .abandon_after = config.abandon_after,
            .resolver_per_second = static_cast<double>(config.resolver_per_second)};
}

OperatorServices::OperatorServices(boost::asio::any_io_executor executor, const config::Config& config)
    : store_(executor, {.conninfo = application_url(config), .writers = 1, .readers = 1}),
      psps_(psp_accounts(executor, config)),
      services_{executor, clock_, store_, accounts_, metrics_, flow_options(config)} {
    for (const auto& account : psps_) {
        accounts_.all.push_back(wired(account, account.live ? *config.stripe_live : *config.stripe_test));
    }
}

}  // namespace florin::cli
