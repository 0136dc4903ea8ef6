#include "cli/operator_services.hpp"

#include "cli/configured.hpp"
#include "cli/database.hpp"

namespace florin::cli {

OperatorServices::OperatorServices(boost::asio::any_io_executor executor, const config::Config& config)
    : store_(executor, {.conninfo = application_url(config), .writers = 1, .readers = 1}),
      psps_(psp_accounts(executor, config)),
      services_{executor, clock_, store_, accounts_, metrics_, flow_options(config)} {
    for (const auto& account : psps_) {
        const auto& configured = account.live ? *config.stripe_live : *config.stripe_test;
        accounts_.all.push_back(flow_account(*account.psp, configured, account.live));
    }
}

}  // namespace florin::cli
