// The HTTP/1.1 client for addresses that strangers choose: many origins, mostly one request at a time. It connects to
// addresses of the public Internet only and to nothing that it has not checked. For PSPs, whose addresses the operator
// chooses, there is http/client.hpp.
//
// Each new connection asks for the name's addresses and goes to exactly one of those that were checked; nobody resolves
// the name a second time, so a name that changes between check and connection gains nothing. One address that is not
// public refuses the whole answer, though others beside it are: no receiver of webhooks is in both places, and who
// mixes them wants to see which one is taken when the first does not answer. Server name, Host and certificate are the
// name's.
//
// A redirect is an answer like any other. Nothing is decompressed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "http/client.hpp"
#include "http/names.hpp"
#include "http/public_address.hpp"

namespace florin::http {

// Whether the hosts "localhost", 127.… and ::1, spelled like that, may be called. A name that resolves to them never
// may.
enum class Loopback : std::uint8_t { refused, allowed };

struct PublicClientOptions {
    Milliseconds connect_timeout{5'000};  // of the look-up; then again of connection and handshake
    // Below the 5 s after which Node and Apache close: a request on a connection that is being closed is lost.
    Milliseconds idle_timeout{4'000};
    Milliseconds longest_use{60'000};  // then the name is asked again: a receiver may have moved
    std::size_t idle_connections = 256;
    std::size_t answer_bytes = 4 * 1024;
    std::string ca_file{};                                                        // empty: the system's
    std::function<bool(const boost::asio::ip::address&)> is_allowed = is_public;  // tests have another Internet
};

class PublicClient {
public:
    // Throws when the certificate authorities cannot be read.
    PublicClient(boost::asio::any_io_executor executor, std::shared_ptr<Names> names, PublicClientOptions options = {});
    ~PublicClient();  // closes the names, too
    PublicClient(const PublicClient&) = delete;
    PublicClient& operator=(const PublicClient&) = delete;

    // Of the body the first answer_bytes are kept. An answer whose header came counts, whatever becomes of its body:
    // what is longer, too slow for the deadline or broken off is cut off. The caller bounds how many are under way.
    // What a failure says may name the host, but never an address or anything that the receiver wrote.
    Task<std::expected<ClientAnswer, ClientFailure>> send(Origin origin, ClientRequest request, Deadline deadline,
                                                          Loopback loopback = Loopback::refused);

private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace florin::http
