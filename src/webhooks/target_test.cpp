#include "webhooks/target.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <sstream>
#include <vector>

#include "http/public_address.hpp"

namespace florin::webhooks {
namespace {

const TargetRules kLive{};
const TargetRules kTest{.allow_loopback = true};

std::string fault_of(std::string_view url, const TargetRules& rules = kLive) {
    const auto target = parse_target(url, rules);
    if (target) return "";
    EXPECT_EQ(target.error().error, Error::invalid_field);
    EXPECT_EQ(target.error().pointer, "/url");
    EXPECT_TRUE(target.error().detail.starts_with("url ")) << target.error().detail;
    return target.error().detail;
}

TEST(Target, a_plain_url_is_taken_apart) {
    const struct {
        const char *url, *host, *path_and_query;
    } table[] = {
        {"https://shop.example.com/hooks?a=b&c=%20", "shop.example.com", "/hooks?a=b&c=%20"},
        {"https://shop.example.com", "shop.example.com", "/"},
        {"https://shop.example.com?x", "shop.example.com", "/?x"},
        {"https://Shop.Example.COM:443/A/../b//", "shop.example.com", "/A/../b//"},
        {"HTTPS://shop.example.com/", "shop.example.com", "/"},
        {"https://xn--bcher-kva.example/", "xn--bcher-kva.example", "/"},
        {"https://8.8.8.8/", "8.8.8.8", "/"},
        {"https://[2001:4860:4860::8888]/x", "2001:4860:4860::8888", "/x"},
        {"https://1and1.com/", "1and1.com", "/"},
        {"https://10.0.0.1.example.com/", "10.0.0.1.example.com", "/"},
        {"https://8.8.8.8.example.com:443/x:1?y", "8.8.8.8.example.com", "/x:1?y"},
    };
    for (const auto& row : table) {
        const auto target = parse_target(row.url, kLive);
        ASSERT_TRUE(target) << row.url << ": " << target.error().detail;
        EXPECT_EQ(*target, (Target{.host = row.host, .path_and_query = row.path_and_query, .url = row.url}));
    }
}

// O-01 of the catalogue of faults, by kind.
constexpr std::string_view kNotPublic =
    "127.0.0.1 127.255.0.3 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 100.64.0.1 192.0.0.8 198.18.0.1 169.254.169.254 "
    "224.0.0.1 255.255.255.255 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [fd00::1] [fe80::1] "
    "[ff02::1] "
    "[64:ff9b::7f00:1] [2002:7f00:1::] [2001:db8::1]";
constexpr std::string_view kUnusual =
    "2130706433 017700000001 0x7f000001 0x7F.1 127.1 127.0.1 0177.0.0.1 0x7f.0x0.0x0.0x1 127.0.0.01 127.0.0.256 "
    "1.2.3.4.5 "
    "0x 1 8.8.8.010 127.0.0.1. [fe80::1%25eth0] [fe80::1%eth0] [2003::1%251] [v1.fe80::a] [8.8.8.8] [] ::1 2003::1";
constexpr std::string_view kInside =
    "localhost LOCALHOST localhost. a.localhost metadata.google.internal printer.local 1.0.0.127.in-addr.arpa x.onion "
    "metadata redis db.";
constexpr std::string_view kNoNames =
    "①②⑦.⓪.⓪.① 127。0。0。1 %E2%91%A0.example.com %6c%6f%63%61%6c%68%6f%73%74 8.8.8.8%41 shop.example.com. "
    "-a.example.com a-.example.com a..example.com .example.com a_b.example.com *.example.com a,b.example.com "
    "a!b.example.com [a.example.com]";

TEST(Target, what_is_not_in_the_public_internet_is_refused_in_every_spelling) {
    for (const auto hosts : {kNotPublic, kUnusual, kInside, kNoNames}) {
        std::istringstream words{std::string(hosts)};
        for (std::string host; words >> host;) {
            EXPECT_NE(fault_of(fmt::format("https://{}/", host)), "") << host;
            EXPECT_NE(fault_of(fmt::format("https://{}:443", host)), "") << host;
        }
    }
    EXPECT_NE(fault_of("https://" + std::string(64, 'a') + ".example.com/"), "");
    EXPECT_NE(fault_of("https://" + fmt::format("{}example.com/", fmt::join(std::vector<std::string>(130, "a."), ""))),
              "");
}

TEST(Target, each_reason_says_what_to_do) {
    const struct {
        std::string url, says;
    } table[] = {
        {"", "is empty"},
        {"https://a.example.com/" + std::string(2048, 'x'), "longer than 2048 characters"},
        {"https://a.example.com/ ", "not visible ASCII"},
        {"https://a.example.com/\r\nX: y", "not visible ASCII"},
        {std::string("https://a.example.com/\0", 23), "not visible ASCII"},
        {"https://bücher.example/", "xn--"},
        {"shop.example.com/hooks", "not a valid URL"},
        {"//shop.example.com", "not a valid URL"},
        {"https:shop.example.com", "no host"},
        {"https://", "host"},
        {"https:///x", "host"},
        {"https://a.example.com\\@b.example.com/", "not a valid URL"},
        {"https://a.example.com/%zz", "not a valid URL"},
        {"http://shop.example.com/", "must begin with https://"},
        {"http://127.0.0.1/", "not public"},
        {"file:///etc/passwd", "must begin with https://"},
        {"gopher://a.example.com/", "must begin with https://"},
        {"unix:/run/postgresql", "must begin with https://"},
        {"ftp://a.example.com/", "must begin with https://"},
        {"https://user:pass@a.example.com/", "remove what stands before the @"},
        {"https://@a.example.com/", "remove what stands before the @"},
        {"https://a.example.com@127.0.0.1/", "remove what stands before the @"},
        {"https://a.example.com/#top", "remove #"},
        {"https://a.example.com:8443/", "use 443"},
        {"https://a.example.com:22/", "use 443"},
        {"https://a.example.com:/", "number from 1 to 65535"},
        {"https://a.example.com:0/", "number from 1 to 65535"},
        {"https://a.example.com:65979/", "number from 1 to 65535"},
        {"https://a.example.com:4294967739/", "number from 1 to 65535"},
        {"https://a.example.com:x/", "number from 1 to 65535"},
        {"https://a.example.com./", "ends with a dot"},
        {"https://0x7f.1/", "four decimal numbers"},
        {"https://redis/", "inside a network"},
        {"https://10.0.0.1/", "not public"},
    };
    for (const auto& row : table)
        EXPECT_NE(fault_of(row.url).find(row.says), std::string::npos) << row.url << "\n" << fault_of(row.url);
}

TEST(Target, this_machine_is_taken_where_the_rules_allow_it_and_by_its_plain_spellings_only) {
    for (const auto* url : {"http://localhost:4000/x", "http://127.0.0.1:4000/x", "http://127.9.9.9/",
                            "http://[::1]:1/", "https://localhost/", "https://127.0.0.1:8443/"}) {
        const auto target = parse_target(url, kTest);
        ASSERT_TRUE(target) << url << ": " << target.error().detail;
        EXPECT_TRUE(target->is_loopback);
        EXPECT_NE(fault_of(url), "") << url;
    }
    for (const auto* url :
         {"http://10.0.0.1/", "http://shop.example.com/", "http://127.1/", "http://2130706433/", "http://localhost./",
          "http://a.localhost/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://127.0.0.1.example.com/",
          "https://shop.example.com:4000/", "https://169.254.169.254/"})
        EXPECT_NE(fault_of(url, kTest), "") << url;
    EXPECT_FALSE(parse_target("https://shop.example.com/", kTest)->is_loopback);
}

TEST(Target, a_port_is_one_of_the_rules) {
    const TargetRules rules{.ports = {443, 8443}};
    EXPECT_EQ(parse_target("https://a.example.com:8443/", rules)->port, 8443);
    EXPECT_NE(fault_of("https://a.example.com:444/", rules).find("use 443 or 8443"), std::string::npos);
}

TEST(Target, a_refusal_repeats_nothing_of_what_was_written) {
    for (const auto* url : {"https://4242424242424242@a.example.com/", "https://4242424242424242/",
                            "https://a.example.com:42424/4242424242424242", "4242424242424242"})
        EXPECT_EQ(fault_of(url).find("4242"), std::string::npos) << fault_of(url);
}

// What inet_aton(3) and so getaddrinfo(3) take: one to four parts, each decimal, octal or hexadecimal.
std::string spelled(std::uint32_t address, unsigned parts, unsigned bases) {
    std::string text;
    for (unsigned part = 0; part < parts; ++part) {
        const bool is_last = part + 1 == parts;
        const auto left = 32 - 8 * part;
        const auto value = is_last ? address & static_cast<std::uint32_t>((std::uint64_t{1} << left) - 1)
                                   : (address >> (24 - 8 * part)) & 0xff;
        const auto base = bases / (part == 0 ? 1 : part == 1 ? 3 : part == 2 ? 9 : 27) % 3;
        text += (part == 0 ? "" : ".") + (base == 0   ? fmt::format("{}", value)
                                          : base == 1 ? fmt::format("0{:o}", value)
                                                      : fmt::format("0x{:x}", value));
    }
    return text;
}

RC_GTEST_PROP(Target, whatever_is_an_address_to_the_system_is_a_public_one_in_its_plain_form, (std::uint32_t address)) {
    const auto inside = std::array{0x7f000001U, 0x0a000001U, 0xa9fea9feU, 0xc0a80101U, address};
    const auto chosen = inside[*rc::gen::inRange<std::size_t>(0, inside.size())];
    const auto host = spelled(chosen, *rc::gen::inRange(1U, 5U), *rc::gen::inRange(0U, 81U));
    in_addr read{};
    RC_ASSERT(::inet_aton(host.c_str(), &read) == 1);
    RC_ASSERT(ntohl(read.s_addr) == chosen);
    const auto target = parse_target("https://" + host + "/", kLive);
    const boost::asio::ip::address_v4 plain(chosen);
    RC_ASSERT(target.has_value() == (host == plain.to_string() && http::is_public(plain)));
}

RC_GTEST_PROP(Target, what_is_taken_can_be_sent_as_it_is, (std::string path)) {
    const auto target = parse_target("https://a.example.com/" + path, kLive);
    if (!target) return;
    RC_ASSERT(target->host == "a.example.com" && target->port == 443 && target->tls);
    RC_ASSERT(target->path_and_query == "/" + path);
    RC_ASSERT(path.find_first_of(std::string(" \r\n\0#\\", 6)) == std::string::npos);
}

}  // namespace
}  // namespace florin::webhooks
