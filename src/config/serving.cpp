// What only a serving process needs: a PSP account with a key of its mode, a shared pepper, a certificate that it can
// read.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "config/config.hpp"

namespace florin::config {
namespace {

using Problems = std::vector<Refusal>;

void check_key(Problems& problems, const std::optional<StripeAccount>& account, std::string_view mode,
               std::string_view variable) {
    if (!account) return;
    const auto key = account->secret_key.expose();
    if (key.empty()) {
        problems.push_back({Error::missing_field, fmt::format("{} is not set: stripe.{} needs it", variable, mode)});
        return;
    }
    if (key.starts_with(fmt::format("sk_{}_", mode)) || key.starts_with(fmt::format("rk_{}_", mode))) return;
    problems.push_back({Error::invalid_field, fmt::format("{} is not a {} key: it must begin with sk_{}_ or rk_{}_",
                                                          variable, mode, mode, mode)});
}

void check_readable(Problems& problems, std::string_view name, const std::string& file) {
    if (file.empty() || ::access(file.c_str(), R_OK) == 0) return;
    problems.push_back({Error::not_found, fmt::format("{} {} cannot be read: {}", name, file, std::strerror(errno))});
}

}  // namespace

Problems serving_problems(const Config& config) {
    Problems problems;
    if (!config.stripe_test && !config.stripe_live) {
        problems.push_back(
            {Error::missing_field, "no PSP account is configured: set stripe.test.base_url (docs/configuration.md)"});
    }
    if (!config.database_url.empty() && config.pepper.empty()) {
        problems.push_back(
            {Error::missing_field, "FLORIN_PEPPER is not set: processes that share a database must share it"});
    }
    check_key(problems, config.stripe_test, "test", "FLORIN_STRIPE_TEST_KEY");
    check_key(problems, config.stripe_live, "live", "FLORIN_STRIPE_LIVE_KEY");
    check_readable(problems, "http.tls_certificate", config.tls_certificate);
    check_readable(problems, "http.tls_key", config.tls_key);
    return problems;
}

}  // namespace florin::config
