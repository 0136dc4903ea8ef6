// The guard by itself: each range with its first and last address, and what stands beside it.
#include "http/public_address.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace florin::http {
namespace {
namespace asio = boost::asio;

bool is_public(const std::string& text) {
    return http::is_public(asio::ip::make_address(text));
}

TEST(PublicAddress, special_ranges_of_ipv4_are_not_public_and_what_stands_beside_them_is) {
    const struct {
        const char *before, *first, *last, *after;  // before and after: empty where another range follows
    } table[] = {
        {"", "0.0.0.0", "0.255.255.255", "1.0.0.0"},
        {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
        {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
        {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
        {"168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17"},
        {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
        {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
        {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
        {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
        {"192.31.195.255", "192.31.196.0", "192.31.196.255", "192.31.197.0"},
        {"192.52.192.255", "192.52.193.0", "192.52.193.255", "192.52.194.0"},
        {"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
        {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
        {"192.175.47.255", "192.175.48.0", "192.175.48.255", "192.175.49.0"},
        {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
        {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
        {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
        {"223.255.255.255", "224.0.0.0", "239.255.255.255", ""},
        {"", "240.0.0.0", "255.255.255.255", ""},
    };
    for (const auto& row : table) {
        EXPECT_FALSE(is_public(row.first)) << row.first;
        EXPECT_FALSE(is_public(row.last)) << row.last;
        for (const std::string beside : {row.before, row.after})
            EXPECT_TRUE(beside.empty() || is_public(beside)) << beside;
    }
}

TEST(PublicAddress, of_ipv6_global_unicast_alone_is_public_without_what_is_special_in_it) {
    const struct {
        const char* address;
        bool is_public;
    } table[] = {
        {"::", false},
        {"::1", false},
        {"::7f00:1", false},                   // IPv4-compatible
        {"::ffff:127.0.0.1", false},           // IPv4-mapped
        {"::ffff:8.8.8.8", false},             // also of a public address: write it as IPv4
        {"::ffff:0:10.0.0.1", false},          // IPv4-translated
        {"64:ff9b::7f00:1", false},            // NAT64
        {"64:ff9b::808:808", false},           //
        {"64:ff9b:1::a00:1", false},           // NAT64 of a network's own
        {"100::1", false},                     // discard-only
        {"100:0:0:1::1", false},               //
        {"1fff:ffff::1", false},               //
        {"2000::1", true},                     //
        {"2001::1", false},                    // Teredo
        {"2001:0:4136:e378::1", false},        //
        {"2001:2::1", false},                  // benchmarking
        {"2001:4:112::1", false},              // AS112
        {"2001:10::1", false},                 // ORCHID
        {"2001:20::1", false},                 //
        {"2001:1ff:ffff::1", false},           //
        {"2001:200::1", true},                 //
        {"2001:db7:ffff::1", true},            //
        {"2001:db8::1", false},                // documentation
        {"2001:db9::1", true},                 //
        {"2001:4860:4860::8888", true},        //
        {"2002:7f00:1::1", false},             // 6to4 of 127.0.0.1
        {"2002:808:808::1", false},            //
        {"2003::1", true},                     //
        {"2620:4f:8000::1", false},            // AS112
        {"2620:4f:8001::1", true},             //
        {"2a00:1450::5efe:0a00:1", false},     // ISATAP of 10.0.0.1
        {"2a00:1450::200:5efe:a00:1", false},  //
        {"2a00:1450:0:0:1:5efe:a00:1", true},  //
        {"3ffe::1", false},                    // the former 6bone
        {"3fff::1", false},                    // documentation
        {"3fff:fff:ffff::1", false},           //
        {"3fff:1000::1", true},                //
        {"4000::1", false},                    //
        {"5f00::1", false},                    // segment routing
        {"fc00::1", false},                    // unique local
        {"fd00:ec2::254", false},              // a cloud's metadata
        {"fe80::1", false},                    // link-local
        {"fec0::1", false},                    // site-local
        {"ff02::1", false},                    // multicast
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
    };
    for (const auto& row : table) EXPECT_EQ(is_public(row.address), row.is_public) << row.address;
    EXPECT_FALSE(is_public("2003::1%1")) << "an address with a zone is of one link";
}

// In any of the ways to carry an IPv4 address in an IPv6 address that routers or kernels know.
RC_GTEST_PROP(PublicAddress, no_ipv6_address_carries_an_ipv4_address_past_the_guard, (std::uint32_t v4)) {
    const auto hex = [](std::uint32_t bits) {
        char text[16];
        std::snprintf(text, sizeof text, "%x:%x", bits >> 16, bits & 0xffff);
        return std::string(text);
    };
    const std::string carried = hex(v4);
    for (const auto& text : {"::" + carried, "::ffff:" + carried, "::ffff:0:" + carried, "64:ff9b::" + carried,
                             "64:ff9b:1::" + carried, "2002:" + carried + "::1", "2001:0:" + carried + "::1",
                             "2001::" + hex(~v4), "2a00::5efe:" + carried, "2a00::200:5efe:" + carried})
        RC_ASSERT(!is_public(text));
}

}  // namespace
}  // namespace florin::http
