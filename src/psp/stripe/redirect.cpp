#include "psp/stripe/redirect.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace florin::psp::stripe {
namespace {

// Boost.URL 1.81 reads http://127.0.0.1.evil.example/ as the host 127.0.0.1 and a path ".evil.example/".
bool is_host_whole(const boost::urls::url_view& url) {
    return url.encoded_path().empty() || url.encoded_path().starts_with('/');
}

bool is_this_machine(const boost::urls::url_view& url) {
    if (url.host_type() == boost::urls::host_type::ipv4) return url.host_ipv4_address().is_loopback();
    if (url.host_type() == boost::urls::host_type::ipv6) return url.host_ipv6_address().is_loopback();
    return url.host() == "localhost";
}

}  // namespace

bool is_safe_redirect(std::string_view text, bool live) {
    if (text.size() > 2048 || !std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; })) return false;
    const auto url = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
    if (!url || url->has_userinfo() || url->host().empty() || !is_host_whole(*url)) return false;
    if (url->scheme_id() == boost::urls::scheme::https) return true;
    return !live && url->scheme_id() == boost::urls::scheme::http && is_this_machine(*url);
}

}  // namespace florin::psp::stripe
