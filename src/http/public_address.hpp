// Which addresses belong to the public Internet. What strangers choose may be called there and nowhere else: every
// other address is somebody's inside, most of all our own (docs/security.md, "Calls to addresses that merchants
// choose").
#pragma once

#include <boost/asio/ip/address.hpp>

namespace florin::http {

// Not what IANA's registries of special-purpose addresses list (RFC 6890, RFC 8190), also where they are routed for
// everybody: nobody receives webhooks at a relay or a measuring point. An IPv6 address that carries an IPv4 address
// (mapped, NAT64, 6to4, Teredo) is never public: the IPv4 address itself can be written.
bool is_public(const boost::asio::ip::address& address);

}  // namespace florin::http
