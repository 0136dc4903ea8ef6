// What the configuration means to the services, the same wherever they are put together: a serving gateway and an
// operator's command settle one operation by one set of rules.
#pragma once

#include "config/config.hpp"
#include "flow/services.hpp"
#include "psp/stripe/adapter.hpp"
#include "webhooks/target.hpp"

namespace florin::cli {

flow::FlowOptions flow_options(const config::Config& config);
// Refused when the address is none; make_stripe checks the rest.
Checked<psp::stripe::StripeOptions> stripe_options(const config::StripeAccount& account, bool live);
// `psp` was made of these options and outlives the account.
flow::PspAccount flow_account(psp::Psp& psp, const config::StripeAccount& account, bool live);

// Where events may be sent.
webhooks::TargetRules target_rules(const config::Config& config);

}  // namespace florin::cli
