#include <gtest/gtest.h>

#include "http/client.hpp"

namespace florin::http {
namespace {

TEST(Origin, only_scheme_host_and_port_make_an_origin) {
    const std::tuple<const char*, bool, const char*, int> good[] = {
        {"https://api.stripe.com", true, "api.stripe.com", 443},
        {"https://API.Stripe.com:8443", true, "api.stripe.com", 8443},
        {"http://127.0.0.1:12111", false, "127.0.0.1", 12111},
        {"http://localhost", false, "localhost", 80},
        {"http://[::1]:81", false, "::1", 81},
        {"https://10.0.0.1", true, "10.0.0.1", 443},
    };
    for (const auto& [url, tls, host, port] : good) {
        const auto origin = parse_origin(url);
        ASSERT_TRUE(origin) << url << ": " << origin.error().detail;
        EXPECT_EQ(std::tuple(origin->tls, origin->host, int{origin->port}), std::tuple(tls, std::string(host), port))
            << url;
    }
}

TEST(Origin, everything_else_is_refused) {
    for (const auto* url :
         {"", "api.stripe.com", "ftp://a", "https://", "https://u:p@a.b", "https://u@a.b", "https://a.b/",
          "https://a.b/v1", "https://a.b?x", "https://a.b#x", "https://a.b:0", "https://a.b:65536",
          "https://a.b:", "http://api.stripe.com", "http://10.0.0.1", "http://127.0.0.1.evil.example", "http://0.0.0.0",
          "http://localhost.evil.example", "https://a b"}) {
        EXPECT_FALSE(parse_origin(url)) << url;
    }
}

}  // namespace
}  // namespace florin::http
