#include "payments/return_url.hpp"

#include <algorithm>

namespace florin::payments {
namespace {

constexpr std::size_t kLongest = 2048;

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 3986, appendix A: what may stand in path and query, percent-encodings complete.
bool is_path_or_query(std::string_view text) {
    constexpr std::string_view kOthers = "-._~!$&'()*+,;=:@/?";
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%') {
            if (text.size() - at < 3 || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
            at += 2;
        } else if (!is_letter(text[at]) && !is_digit(text[at]) && kOthers.find(text[at]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

bool is_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit)) return false;
    int port = 0;
    for (const char c : text) port = port * 10 + (c - '0');
    return port >= 1 && port <= 65535;
}

// A name or an IPv4 address: labels of letters, digits and inner dashes.
bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    while (true) {
        const auto dot = host.find('.');
        const std::string_view label = host.substr(0, dot);
        if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
        if (!std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; })) return false;
        if (dot == std::string_view::npos) return true;
        host.remove_prefix(dot + 1);
    }
}

bool is_ipv6(std::string_view host) {
    return host.size() >= 4 && host.starts_with('[') && host.ends_with(']') &&
           std::ranges::all_of(host.substr(1, host.size() - 2),
                               [](char c) { return is_hex(c) || c == ':' || c == '.'; }) &&
           host.find(':') != std::string_view::npos;
}

bool is_loopback(std::string_view host) {
    const bool v4 =
        host.starts_with("127.") && std::ranges::all_of(host, [](char c) { return is_digit(c) || c == '.'; });
    return host == "localhost" || host == "[::1]" || v4;
}

// Removes ":port"; false when the port is not one.
bool remove_port(std::string_view& authority) {
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return true;
    if (!is_port(authority.substr(colon + 1))) return false;
    authority = authority.substr(0, colon);
    return true;
}

}  // namespace

std::optional<std::string> return_url_fault(std::string_view url, bool live) {
    if (url.size() > kLongest) return "return_url is longer than 2048 characters: shorten it.";
    const bool https = url.starts_with("https://");
    if (!https && !url.starts_with("http://")) return "return_url must begin with https:// (in lower case).";
    std::string_view rest = url.substr(https ? 8 : 7);
    if (rest.find('#') != std::string_view::npos)
        return "return_url must not have a fragment: remove # and what follows.";

    const auto path = rest.find_first_of("/?");
    std::string_view host = rest.substr(0, path);
    if (host.find('@') != std::string_view::npos)
        return "return_url must not have a user name or password: remove them.";
    if (!remove_port(host)) return "return_url has a port that is not a number from 1 to 65535.";
    if (!is_host_name(host) && !is_ipv6(host)) {
        return "return_url has no valid host name: write https://, a host name, and a path.";
    }
    if (path != std::string_view::npos && !is_path_or_query(rest.substr(path))) {
        return "return_url has a character that must be percent-encoded in its path or query.";
    }
    if (!https && (live || !is_loopback(host))) {
        return "return_url must use https:// (plain http only in test mode, to localhost, 127.0.0.1 or [::1]).";
    }
    return std::nullopt;
}

}  // namespace florin::payments
