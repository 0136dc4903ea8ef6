#include "cli/psp_accounts.hpp"

#include "cli/command.hpp"
#include "cli/configured.hpp"

namespace florin::cli {
namespace {

constexpr std::size_t kConnections = 2;

template <class T>
T value_or_refuse(Checked<T> checked) {
    if (!checked) throw UsageError(checked.error().detail);
    return std::move(*checked);
}

PspAccount stripe_account(boost::asio::any_io_executor executor, const config::StripeAccount& account, bool live) {
    auto options = value_or_refuse(stripe_options(account, live));
    options.connections = kConnections;
    return {.psp = value_or_refuse(psp::stripe::make_stripe(std::move(executor), std::move(options), nullptr)),
            .live = live};
}

}  // namespace

std::vector<PspAccount> psp_accounts(boost::asio::any_io_executor executor, const config::Config& config) {
    std::vector<PspAccount> accounts;
    for (const bool live : {false, true}) {
        const auto& account = live ? config.stripe_live : config.stripe_test;
        if (account && !account->secret_key.empty()) accounts.push_back(stripe_account(executor, *account, live));
    }
    if (accounts.empty()) {
        throw UsageError("no PSP account has a key: set FLORIN_STRIPE_TEST_KEY or FLORIN_STRIPE_LIVE_KEY");
    }
    return accounts;
}

}  // namespace florin::cli
