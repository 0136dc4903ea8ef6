#include "config/base_url.hpp"

namespace florin::config {
namespace {

std::string_view host_of(std::string_view authority) {
    if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
    return authority.substr(0, authority.find(':'));
}

}  // namespace

// Four decimal numbers: "127.evil.example" begins like a loopback address and is none.
bool is_loopback(std::string_view host) {
    if (host == "localhost" || host == "[::1]" || host == "::1") return true;
    return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string base_url_problem(std::string_view url, bool live) {
    const bool tls = url.starts_with("https://");
    if (!tls && !url.starts_with("http://")) return "must begin with https://";
    auto authority = url.substr(tls ? 8 : 7);
    if (authority.empty() || authority.find_first_of("/?#@ ") != std::string_view::npos) {
        return "must be scheme, host and port only, such as https://api.stripe.com";
    }
    if (tls) return {};
    if (live) return "must begin with https:// in live mode";
    return is_loopback(host_of(authority)) ? "" : "may use plain http only to this machine (127.0.0.1); use https";
}

}  // namespace florin::config
