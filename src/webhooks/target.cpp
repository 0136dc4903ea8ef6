#include "webhooks/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

#include "http/public_address.hpp"

namespace florin::webhooks {
namespace {

namespace urls = boost::urls;

// RFC 6761, RFC 6762, RFC 7686, RFC 8375 and the name that ICANN keeps for private use.
constexpr auto kInsideNames = std::to_array<std::string_view>({"localhost", "local", "internal", "arpa", "onion"});

using Fault = std::optional<std::string>;  // the rest of a sentence that begins with "url"

struct Host {
    std::string text;
    bool is_loopback = false;
};
using FoundHost = std::expected<Host, std::string>;

std::unexpected<Refusal> no_target(const std::string& fault) {
    return refuse(Error::invalid_field, "url " + fault + ".", "/url");
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

Fault fault_of_text(std::string_view text) {
    if (text.empty()) return "is empty: write https://, a host name and a path";
    if (text.size() > kUrlBytes) return fmt::format("is longer than {} characters: shorten it", kUrlBytes);
    if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; }))
        return "has a character that is not visible ASCII: write a host in its xn-- form and percent-encode the rest";
    return std::nullopt;
}

// The parts of a URL, cut where RFC 3986, section 3 cuts it. Boost 1.81 tells whether it is well-formed, but takes the
// first four numbers of 10.0.0.1.example.com for the host.
struct Parts {
    std::string_view host;
    std::optional<std::string_view> port;
    std::string_view path_and_query;
    bool has_user = false;
};

Parts parts_of(std::string_view text) {
    const auto after_scheme = text.substr(text.find("://") + 3);
    const auto end = std::min(after_scheme.find_first_of("/?#"), after_scheme.size());
    Parts parts{.host = after_scheme.substr(0, end), .port = {}, .path_and_query = after_scheme.substr(end)};
    parts.has_user = parts.host.find('@') != std::string_view::npos;
    const auto colon = parts.host.rfind(':');
    if (colon == std::string_view::npos || parts.host.ends_with(']')) return parts;
    parts.port = parts.host.substr(colon + 1);
    parts.host = parts.host.substr(0, colon);
    return parts;
}

Fault fault_of_shape(const urls::url_view& url, const Parts& parts) {
    if (parts.has_user) return "must not have a user name or password: remove what stands before the @";
    if (url.has_fragment()) return "must not have a fragment: remove # and what follows";
    return std::nullopt;
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

bool is_name(std::string_view name) {
    if (name.size() > 253) return false;
    while (true) {
        const auto dot = name.find('.');
        if (!is_label(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

// inet_aton(3) and many resolvers take 2130706433, 0x7f.1 and 0177.0.0.1 for addresses. No name of DNS ends in a number
// (RFC 3696, section 2), so what does is such a spelling.
bool ends_in_number(std::string_view name) {
    const auto last = name.substr(name.rfind('.') + 1);
    return std::ranges::all_of(last, is_digit) || last.starts_with("0x");
}

bool is_inside(std::string_view name) {
    return std::ranges::any_of(kInsideNames, [&](std::string_view inside) {
        return name == inside || (name.ends_with(inside) && name[name.size() - inside.size() - 1] == '.');
    });
}

FoundHost host_of_address(const boost::asio::ip::address& address, bool allow_loopback) {
    if (allow_loopback && address.is_loopback()) return Host{address.to_string(), true};
    if (http::is_public(address)) return Host{address.to_string()};
    return std::unexpected("has an address that is not public: write one that can be reached from the Internet");
}

FoundHost host_of_name(std::string_view written, bool allow_loopback) {
    const auto name = lower_case(written);
    if (allow_loopback && name == "localhost") return Host{name, true};
    if (name.ends_with('.')) return std::unexpected("has a host that ends with a dot: remove it");
    if (!is_name(name)) return std::unexpected("has no valid host: write a host name of letters, digits, '-' and '.'");
    if (ends_in_number(name))
        return std::unexpected("has an address in an unusual form: write four decimal numbers, or a host name");
    if (is_inside(name) || name.find('.') == std::string::npos)
        return std::unexpected("has a host that only exists inside a network: write one that is known in the Internet");
    return Host{name};
}

FoundHost host_of(std::string_view host, bool allow_loopback) {
    if (host.empty()) return std::unexpected("has no host: write https://, a host name and a path");
    const bool is_ipv6 = host.starts_with('[') && host.ends_with(']');
    boost::system::error_code error;
    const auto text = std::string(is_ipv6 ? host.substr(1, host.size() - 2) : host);
    const auto address = boost::asio::ip::make_address(text, error);
    if (error && !is_ipv6) return host_of_name(host, allow_loopback);
    if (error || address.is_v6() != is_ipv6) return std::unexpected("has a host that is no address: write a host name");
    return host_of_address(address, allow_loopback);
}

// 0 when the port is not one.
std::uint16_t port_of(const Parts& parts, bool tls) {
    if (!parts.port) return tls ? 443 : 80;
    const auto text = *parts.port;
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

Fault fault_of_port(std::uint16_t port, bool to_loopback, const TargetRules& rules) {
    if (port == 0) return "has a port that is not a number from 1 to 65535";
    if (to_loopback || std::ranges::find(rules.ports, port) != rules.ports.end()) return std::nullopt;
    return fmt::format("has a port that is not allowed: use {}", fmt::join(rules.ports, " or "));
}

}  // namespace

Checked<Target> parse_target(std::string_view text, const TargetRules& rules) {
    if (const auto fault = fault_of_text(text)) return no_target(*fault);
    const auto url = urls::parse_uri({text.data(), text.size()});
    if (!url) return no_target("is not a valid URL: write https://, a host name and a path");
    const bool tls = url->scheme_id() == urls::scheme::https;
    if (!tls && url->scheme_id() != urls::scheme::http) return no_target("must begin with https://");
    if (!url->has_authority()) return no_target("has no host: write https://, a host name and a path");
    const auto parts = parts_of(text);
    if (const auto fault = fault_of_shape(*url, parts)) return no_target(*fault);
    const auto host = host_of(parts.host, rules.allow_loopback);
    if (!host) return no_target(host.error());
    if (!tls && !host->is_loopback) return no_target("must begin with https://");
    const auto port = port_of(parts, tls);
    if (const auto fault = fault_of_port(port, host->is_loopback, rules)) return no_target(*fault);
    return Target{
        .tls = tls,
        .host = host->text,
        .port = port,
        .path_and_query = (parts.path_and_query.starts_with('/') ? "" : "/") + std::string(parts.path_and_query),
        .url = std::string(text),
        .is_loopback = host->is_loopback};
}

}  // namespace florin::webhooks
