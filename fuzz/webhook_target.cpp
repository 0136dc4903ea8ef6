// The URL of a merchant's endpoint. Whatever is written, what is taken is https to the public Internet (or, where the
// rules allow it, this machine), can be sent as it is, and means the same when it is read again.
#include <arpa/inet.h>

#include <boost/asio/ip/address.hpp>

#include "fuzz/property.hpp"
#include "http/public_address.hpp"
#include "webhooks/target.hpp"

namespace florin::fuzz {
namespace {

using webhooks::Target;
using webhooks::TargetRules;

// What the system's own reader takes for an address, in any spelling.
void must_lead_outside(const Target& target) {
    in_addr v4{};
    if (::inet_aton(target.host.c_str(), &v4) == 1)
        must(http::is_public(boost::asio::ip::address_v4(ntohl(v4.s_addr))), "an IPv4 address is public");
    in6_addr v6{};
    if (::inet_pton(AF_INET6, target.host.c_str(), &v6) == 1)
        must(http::is_public(boost::asio::ip::make_address(target.host)), "an IPv6 address is public");
    else
        must(target.host.find('.') != std::string::npos && target.host.back() != '.', "a name is one of the Internet");
    must(target.tls, "it is called by https");
}

void must_be_sendable(const Target& target) {
    must(target.path_and_query.starts_with('/'), "a path begins with a slash");
    for (const char c : target.path_and_query + target.host)
        must(c > 0x20 && c < 0x7f && c != '#' && c != '\\', "nothing in it ends the line of a request");
    must(target.host.find_first_of("/@?%") == std::string::npos, "a host is nothing else");
    must(target.url.size() <= webhooks::kUrlBytes, "it is of bounded length");
}

void must_mean_the_same_again(const Target& target, const TargetRules& rules) {
    const auto again = webhooks::parse_target(target.url, rules);
    must(again && *again == target, "read again, it is the same");
    const bool is_ipv6 = target.host.find(':') != std::string::npos;
    const auto written = std::string(target.tls ? "https://" : "http://") +
                         (is_ipv6 ? "[" + target.host + "]" : target.host) + ":" + std::to_string(target.port) +
                         target.path_and_query;
    if (written.size() > webhooks::kUrlBytes) return;
    auto plain = webhooks::parse_target(written, rules);
    must(plain.has_value(), "written from its parts, it is taken");
    plain->url = target.url;
    must(*plain == target, "and is the same");
}

void check(std::string_view url, const TargetRules& rules) {
    const auto target = webhooks::parse_target(url, rules);
    if (!target) return must_be_showable(target.error());
    must(!target->is_loopback || rules.allow_loopback, "this machine is called only where that is allowed");
    must(target->is_loopback || target->port == 443, "a port is one of the rules'");
    if (!target->is_loopback) must_lead_outside(*target);
    must_be_sendable(*target);
    must_mean_the_same_again(*target, rules);
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    for (const bool allow_loopback : {false, true})
        fuzz::check(fuzz::text_of(data, size), webhooks::TargetRules{.allow_loopback = allow_loopback});
    return 0;
}
