// TLS for PSP connections: TLS 1.2 or later, the peer's chain and host name verified, no resumption and so no early
// data.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <string>

namespace florin::http {

using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

// An empty file name means the system's certificate authorities. Throws when they cannot be read.
boost::asio::ssl::context make_client_tls(const std::string& ca_file);
// Sets the name that the handshake asks for and checks.
void expect_host(TlsStream& stream, const std::string& host);

}  // namespace florin::http
