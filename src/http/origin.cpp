#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "http/client.hpp"
#include "http/text.hpp"

namespace florin::http {
namespace {
std::unexpected<Refusal> no_origin(std::string detail) {
    return refuse(Error::invalid_field, std::move(detail));
}

bool names_more_than_origin(const boost::urls::url_view& url) {
    return !url.encoded_path().empty() || url.has_query() || url.has_fragment();
}

// 0 when the port is not one.
std::uint16_t port_of(const boost::urls::url_view& url, bool tls) {
    if (!url.has_port()) return tls ? 443 : 80;
    const std::string_view text(url.port().data(), url.port().size());
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}
}  // namespace

bool Origin::is_loopback() const {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Checked<Origin> parse_origin(std::string_view text) {
    const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed) return no_origin("not a URL; write https://host or https://host:port");
    const boost::urls::url_view url = *parsed;
    const bool tls = url.scheme_id() == boost::urls::scheme::https;
    if (!tls && url.scheme_id() != boost::urls::scheme::http) return no_origin("the scheme must be https or http");
    if (url.has_userinfo()) return no_origin("the URL must not hold a user name or password");
    if (names_more_than_origin(url)) return no_origin("nothing may follow the host and port, not even '/'");

    Origin origin{tls, lower_case(url.host()), port_of(url, tls)};
    if (url.host_type() == boost::urls::host_type::ipv6) origin.host = origin.host.substr(1, origin.host.size() - 2);
    // "127.0.0.1.example.com" is a name, not a loopback address.
    const bool is_name = url.host_type() == boost::urls::host_type::name;
    if (origin.host.empty()) return no_origin("the URL has no host");
    if (origin.port == 0) return no_origin("the port must be a number from 1 to 65535");
    const bool loopback = is_name ? origin.host == "localhost" : origin.is_loopback();
    if (!tls && !loopback) return no_origin("plain http is for loopback addresses only; use https");
    return origin;
}

}  // namespace florin::http
