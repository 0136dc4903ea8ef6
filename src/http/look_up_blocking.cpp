#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "http/names.hpp"

namespace florin::http {
namespace asio = boost::asio;

namespace {

// Of this thread alone (resolver(3), glibc). Read anew each time, so that a changed resolv.conf is seen.
void limit_resolver() {
    constexpr unsigned long kSearch = RES_DEFNAMES | RES_DNSRCH;
    if (::res_init() != 0) return;
    _res.retrans = 2;  // seconds for a server
    _res.retry = 2;
    _res.options &= ~kSearch;
}

asio::ip::address address_of(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
        return asio::ip::address_v4(ntohl(v4->sin_addr.s_addr));
    }
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    asio::ip::address_v6::bytes_type bytes;
    std::copy_n(v6->sin6_addr.s6_addr, bytes.size(), bytes.begin());
    return asio::ip::address_v6(bytes, v6->sin6_scope_id);
}

}  // namespace

LookedUp look_up_blocking(const std::string& name) {
    limit_resolver();
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &list); error != 0)
        return std::unexpected(error == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(error));
    Addresses addresses;
    for (const auto* one = list; one != nullptr; one = one->ai_next)
        if (one->ai_family == AF_INET || one->ai_family == AF_INET6) addresses.push_back(address_of(one->ai_addr));
    ::freeaddrinfo(list);
    if (addresses.empty()) return std::unexpected("it has no address");
    return addresses;
}

}  // namespace florin::http
