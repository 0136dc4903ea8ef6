#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/secret.hpp"

namespace florin {
namespace {

// FIPS 180-4 and RFC 4231 test vectors.
TEST(Hash, sha256_gives_the_published_digests) {
    EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, hmac_gives_the_published_digests) {
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hash, hexadecimal_is_lower_case) {
    EXPECT_EQ(to_hex(std::string_view("\x00\xff\x1a", 3)), "00ff1a");
}

TEST(Hash, secrets_are_compared_whole) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

// The fastest of many, in nanoseconds, of comparing a megabyte with one that differs at `place`.
template <class Equal>
double ns_to_compare(const std::string& expected, std::size_t place, Equal equal) {
    std::string guess = expected;
    guess[place] ^= 1;
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 50; ++i) {
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_FALSE(equal(expected, guess));
        best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begun);
    }
    return static_cast<double>(best.count());
}

TEST(Hash, w_17_a_21_how_much_of_a_guess_is_right_does_not_show_in_the_time) {
    const std::string expected(1 << 20, 'x');
    const auto ratio = [&](auto equal) {
        return ns_to_compare(expected, expected.size() - 1, equal) / ns_to_compare(expected, 0, equal);
    };
    EXPECT_LT(ratio(equal_in_constant_time), 2);
    EXPECT_GT(ratio([](const std::string& a, const std::string& b) { return a == b; }), 2) << "it would show";
}

TEST(Hash, tokens_are_letters_and_digits_and_never_repeat) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string token = random_token(24);
        EXPECT_EQ(token.size(), 24U);
        EXPECT_TRUE(std::ranges::all_of(token, [](unsigned char c) { return std::isalnum(c) != 0; })) << token;
        EXPECT_TRUE(seen.insert(token).second);
    }
    EXPECT_EQ(random_token(0), "");
    EXPECT_EQ(random_token(1000).size(), 1000U);
}

TEST(Secret, it_keeps_its_value_through_copies_and_moves) {
    Secret secret("sk_test_1");
    Secret copy = secret;
    Secret moved = std::move(secret);
    EXPECT_EQ(copy.expose(), "sk_test_1");
    EXPECT_EQ(moved.expose(), "sk_test_1");
    EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace florin
