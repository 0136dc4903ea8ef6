#include "payments/return_url.hpp"

#include <gtest/gtest.h>

namespace florin::payments {
namespace {

TEST(ReturnUrl, https_urls_are_accepted_in_both_modes) {
    for (const char* url : {"https://shop.example", "https://shop.example/", "https://shop.example/a/b?x=1&y=%20",
                            "https://shop.example:8443/back", "https://192.0.2.1/x", "https://[2001:db8::1]:443/x",
                            "https://shop.example?x=1", "https://SHOP.example/%C3%A9"}) {
        EXPECT_FALSE(return_url_fault(url, true)) << url;
        EXPECT_FALSE(return_url_fault(url, false)) << url;
    }
}

TEST(ReturnUrl, plain_http_goes_to_this_machine_and_in_test_mode_only) {
    for (const char* url : {"http://localhost:3000/back", "http://127.0.0.1/x", "http://[::1]:8080/x"}) {
        EXPECT_FALSE(return_url_fault(url, false)) << url;
        EXPECT_TRUE(return_url_fault(url, true)) << url;
    }
    for (const char* url : {"http://shop.example/", "http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
                            "http://localhost@evil.example/", "http://10.0.0.1/"}) {
        EXPECT_TRUE(return_url_fault(url, false)) << url;
    }
}

TEST(ReturnUrl, anything_else_is_refused) {
    const std::string cases[] = {
        "",
        "shop.example",
        "//shop.example",
        "/back",
        "javascript:alert(1)",
        "HTTPS://shop.example",
        "https:/shop.example",
        "https://",
        "https:///x",
        "https://user@shop.example",
        "https://user:pw@shop.example/",
        "https://shop.example/#x",
        "https://shop.example#",
        "https://shop example/",
        "https://shop.example/a b",
        "https://shop.example/\n",
        "https://shop.example/é",
        "https://shop.example/%",
        "https://shop.example/%2",
        "https://shop.example/%zz",
        "https://shop.example:0/",
        "https://shop.example:65536/",
        "https://shop.example:/",
        "https://shop.example:x/",
        "https://-shop.example/",
        "https://shop..example/",
        "https://.example/",
        "https://[shop]/",
        "https://[::1/",
        "https://shop.example/\"<>",
        "https://shop.example\\@evil.example/",
        "https://shop.example/" + std::string(2048, 'x'),
        "https://" + std::string(64, 'x') + ".example/",
    };
    for (const std::string& url : cases) EXPECT_TRUE(return_url_fault(url, false)) << url;
    EXPECT_FALSE(return_url_fault("https://shop.example/" + std::string(2027, 'x'), false));
}

}  // namespace
}  // namespace florin::payments
