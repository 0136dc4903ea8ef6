#include <algorithm>
#include <functional>

#include "psp/stripe/adapter.hpp"

namespace florin::psp::stripe {
namespace {

bool is_key(std::string_view key, std::string_view mode) {
    const auto belongs = [&](std::string_view kind) {
        const auto prefix = std::string(kind) + std::string(mode);
        return key.starts_with(prefix) && key.size() > prefix.size();
    };
    // A header line is made of it: nothing but visible characters.
    return (belongs("sk_") || belongs("rk_")) && std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_account_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

}  // namespace

Checked<void> check_options(const StripeOptions& options) {
    const auto key = options.key.expose();
    if (!is_account_name(options.account)) {
        return refuse(Error::invalid_field, "The name of a Stripe account is 1 to 64 of a-z, 0-9, '_' and '-'.");
    }
    if (!is_key(key, options.live ? "live_" : "test_")) {
        return refuse(Error::invalid_field, options.live
                                                ? "Live mode needs a key that begins with sk_live_ or rk_live_."
                                                : "Test mode needs a key that begins with sk_test_ or rk_test_.");
    }
    if (!options.origin.tls && (options.live || !options.origin.is_loopback())) {
        return refuse(Error::invalid_field,
                      "Plain http is only for a loopback address with a test key. Use an https base URL.");
    }
    if (options.connections == 0 || options.read_lag < Milliseconds{0}) {
        return refuse(Error::invalid_field,
                      "Stripe needs at least one connection and a read lag that is not negative.");
    }
    if (options.live && !options.stores_errors) {
        return refuse(Error::invalid_field, "Stripe stores errors under their keys: only a stand-in may forget them.");
    }
    const auto& looks = options.refund_looks;
    if (std::ranges::any_of(looks, [](Milliseconds look) { return look <= Milliseconds{0}; }) ||
        std::ranges::adjacent_find(looks, std::ranges::greater_equal()) != looks.end()) {
        return refuse(Error::invalid_field, "The times at which a refund is looked at again are positive and grow.");
    }
    return {};
}

Checked<std::unique_ptr<Psp>> make_stripe(boost::asio::any_io_executor executor, StripeOptions options,
                                          observe::Metrics* metrics) {
    if (auto checked = check_options(options); !checked) return std::unexpected(std::move(checked).error());
    return std::make_unique<StripePsp>(std::move(executor), std::move(options), metrics);
}

}  // namespace florin::psp::stripe
