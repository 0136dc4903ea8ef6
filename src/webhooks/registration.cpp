#include "webhooks/registration.hpp"

#include <algorithm>

#include "http/public_address.hpp"
#include "webhooks/sealed_secret.hpp"

namespace florin::webhooks {
namespace {

bool is_address(const std::string& host) {
    boost::system::error_code error;
    boost::asio::ip::make_address(host, error);
    return !error;
}

Refusal refuse_url(std::string detail) {
    return {Error::invalid_field, std::move(detail), "/url"};
}

}  // namespace

Registration::Registration(std::shared_ptr<http::Names> names, TargetRules rules)
    : names_(std::move(names)), rules_(std::move(rules)) {}

Task<std::optional<Refusal>> Registration::fault_of(std::string url, bool live, Deadline deadline) const {
    TargetRules rules = rules_;
    rules.allow_loopback = rules_.allow_loopback && !live;
    const auto target = parse_target(url, rules);
    if (!target) co_return target.error();
    if (target->is_loopback || is_address(target->host)) co_return std::nullopt;  // its form says which it is
    const auto found = co_await names_->addresses(target->host, deadline);
    if (!found) {
        co_return refuse_url(
            "url has a host that cannot be found now: check how it is spelled and that its DNS entry is public, then "
            "send the request again.");
    }
    if (!std::ranges::all_of(*found, http::is_public)) {
        co_return refuse_url(
            "url has a host whose DNS entry leads to an address that is not public: every address of it must be one "
            "that "
            "can be reached from the Internet.");
    }
    co_return std::nullopt;
}

store::MakeSecret sealed_secrets(const Secret& pepper) {
    return [sealer = Sealer(pepper)](const WebhookEndpointId& endpoint, int number) {
        auto secret = make_secret();
        auto sealed = sealer.seal(endpoint, number, secret);
        return store::MadeSecret{.secret = std::move(secret), .sealed = std::move(sealed)};
    };
}

}  // namespace florin::webhooks
