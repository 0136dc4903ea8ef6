#include "webhooks/sealed_secret.hpp"

#include <gtest/gtest.h>

#include "webhooks/signature.hpp"

namespace florin::webhooks {
namespace {

const Secret kPepper("a pepper of at least thirty-two characters");

WebhookEndpointId endpoint(std::uint8_t last) {
    Uuid uuid;
    uuid.bytes.fill(7);
    uuid.bytes.back() = last;
    return WebhookEndpointId(uuid);
}

TEST(SealedSecret, opens_for_its_endpoint_and_number_alone) {
    const Sealer sealer(kPepper);
    const auto secret = make_secret();
    const auto box = sealer.seal(endpoint(1), 2, secret);
    ASSERT_TRUE(sealer.unseal(endpoint(1), 2, box));
    EXPECT_EQ(sealer.unseal(endpoint(1), 2, box)->expose(), secret.expose());
    EXPECT_FALSE(sealer.unseal(endpoint(2), 2, box)) << "another endpoint's";
    EXPECT_FALSE(sealer.unseal(endpoint(1), 3, box)) << "another number's";
    EXPECT_FALSE(sealer.unseal(endpoint(1), 2 + (1 << 16), box)) << "a number is bound whole";
    EXPECT_FALSE(Sealer(Secret("another pepper of thirty-two characters!")).unseal(endpoint(1), 2, box));
}

TEST(SealedSecret, a_box_that_was_changed_anywhere_does_not_open) {
    const Sealer sealer(kPepper);
    const auto box = sealer.seal(endpoint(1), 1, make_secret());
    for (std::size_t at = 0; at < box.size(); ++at) {
        auto changed = box;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(sealer.unseal(endpoint(1), 1, changed)) << "byte " << at;
        EXPECT_FALSE(sealer.unseal(endpoint(1), 1, box.substr(0, at))) << "cut to " << at;
    }
    EXPECT_FALSE(sealer.unseal(endpoint(1), 1, box + "x"));
}

TEST(SealedSecret, a_box_shows_nothing_of_its_secret_and_is_another_each_time) {
    const Sealer sealer(kPepper);
    const auto secret = make_secret();
    const auto first = sealer.seal(endpoint(1), 1, secret);
    EXPECT_NE(first, sealer.seal(endpoint(1), 1, secret));
    EXPECT_EQ(first.find(secret.expose().substr(6, 8)), std::string::npos);
    EXPECT_EQ(first.size(), secret.expose().size() + 29);
}

// Made with another library (Python's cryptography): boxes outlive releases.
TEST(SealedSecret, a_box_is_of_the_format_that_the_header_describes) {
    constexpr std::string_view kHex =
        "01000102030405060708090a0ba5fe6fe89aa45a1061d1c0440306e3d8298fae94ca953077e5d716478d4e931680d2ea"
        "acf3a794909eced0506b320886bba454449c14";
    std::string box;
    for (std::size_t at = 0; at < kHex.size(); at += 2)
        box += static_cast<char>(std::stoi(std::string(kHex.substr(at, 2)), nullptr, 16));
    const auto secret = Sealer(kPepper).unseal(endpoint(1), 2, box);
    ASSERT_TRUE(secret);
    EXPECT_EQ(secret->expose(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
}

TEST(SealedSecret, a_new_secret_is_one_that_signs_and_no_other_is_equal) {
    const auto secret = make_secret();
    EXPECT_TRUE(is_secret(secret.expose()));
    EXPECT_EQ(secret.expose().size(), 50U);
    EXPECT_NE(secret.expose(), make_secret().expose());
}

}  // namespace
}  // namespace florin::webhooks
