#include "http/public_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "http/public_connections.hpp"
#include "http/render.hpp"

namespace florin::http {
namespace asio = boost::asio;

namespace {

using Exchanged = std::expected<ClientAnswer, ClientFailure>;

// Addresses of a host that needs no look-up. Only the plain forms: other spellings go to the look-up and the guard.
std::optional<Addresses> spelled(const std::string& host) {
    if (host == "localhost") return Addresses{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    return error ? std::nullopt : std::optional(Addresses{address});
}

bool is_loopback(const Addresses& addresses) {
    return std::ranges::all_of(addresses, [](const auto& address) { return address.is_loopback(); });
}

Endpoints endpoints_of(const Addresses& addresses, std::uint16_t port) {
    Endpoints endpoints;
    for (const auto& address : addresses) endpoints.emplace_back(address, port);
    return endpoints;
}

// What was opened where loopback was allowed is never used where it is not.
std::string key_of(const Origin& origin, Loopback loopback) {
    return fmt::format("{} {} {} {}", origin.tls, origin.port, loopback == Loopback::allowed, origin.host);
}

// Gives a connection back on every way out of a scope.
class InUse {
public:
    InUse(std::shared_ptr<PublicConnections> all, std::string key, bool tls)
        : all_(std::move(all)), key_(std::move(key)), held_(all_->take(key_, tls)) {}
    ~InUse() { all_->give_back(key_, std::move(held_)); }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;
    ClientConnection* operator->() const { return held_.connection.get(); }

private:
    std::shared_ptr<PublicConnections> all_;
    std::string key_;
    PublicConnections::Held held_;
};

}  // namespace

class PublicClient::State {
public:
    State(const asio::any_io_executor& executor, std::shared_ptr<Names> names, PublicClientOptions options)
        : names_(std::move(names)),
          options_(std::move(options)),
          connections_(std::make_shared<PublicConnections>(executor, options_)) {}

    void close() {
        names_->close();
        connections_->close();
    }

    // These take the state by value: a call may outlive the client.
    static Task<Exchanged> send(std::shared_ptr<State> self, Origin origin, ClientRequest request, Deadline deadline,
                                Loopback loopback);
    static Task<LookedUp> checked(std::shared_ptr<State> self, Origin origin, Deadline deadline, Loopback loopback);

private:
    std::shared_ptr<Names> names_;
    PublicClientOptions options_;
    std::shared_ptr<PublicConnections> connections_;
};

Task<LookedUp> PublicClient::State::checked(std::shared_ptr<State> self, Origin origin, Deadline deadline,
                                            Loopback loopback) {
    auto addresses = spelled(origin.host);
    if (addresses && loopback == Loopback::allowed && is_loopback(*addresses)) co_return std::move(*addresses);
    if (!addresses) {
        const auto until = deadline.earlier(Deadline::after(self->options_.connect_timeout));
        auto found = co_await self->names_->addresses(origin.host, until);
        if (!found) co_return std::unexpected(fmt::format("cannot resolve {}: {}", origin.host, found.error()));
        addresses = std::move(*found);
    }
    if (!std::ranges::all_of(*addresses, self->options_.is_allowed))
        co_return std::unexpected(fmt::format("{} has an address that is not public", origin.host));
    co_return std::move(*addresses);
}

Task<Exchanged> PublicClient::State::send(std::shared_ptr<State> self, Origin origin, ClientRequest request,
                                          Deadline deadline, Loopback loopback) {
    const InUse connection(self->connections_, key_of(origin, loopback), origin.tls);
    if (!connection->is_open()) {
        const auto addresses = co_await checked(self, origin, deadline, loopback);
        if (!addresses) co_return std::unexpected(ClientFailure{true, addresses.error()});
        const auto endpoints = endpoints_of(*addresses, origin.port);
        const auto until = deadline.earlier(Deadline::after(self->options_.connect_timeout));
        auto problem = co_await connection->open(origin, endpoints, until);
        if (!problem.empty()) co_return std::unexpected(ClientFailure{true, std::move(problem)});
    }
    const AnswerLimit limit{.body_bytes = self->options_.answer_bytes, .cut_off = true};
    auto answer = co_await connection->exchange(render(origin, request), request.method != "HEAD", limit, deadline);
    if (!answer) connection->reset();
    co_return answer;
}

PublicClient::PublicClient(asio::any_io_executor executor, std::shared_ptr<Names> names, PublicClientOptions options)
    : state_(std::make_shared<State>(executor, std::move(names), std::move(options))) {}

PublicClient::~PublicClient() {
    state_->close();
}

Task<Exchanged> PublicClient::send(Origin origin, ClientRequest request, Deadline deadline, Loopback loopback) {
    const auto allowed = deadline.remaining();
    auto answer = co_await State::send(state_, std::move(origin), std::move(request), deadline, loopback);
    if (!answer && answer.error().what == "timeout")
        answer.error().what = fmt::format("timeout after {} ms", allowed.count());
    co_return answer;
}

}  // namespace florin::http
