#include "psp/stripe/signature.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/hash.hpp"

namespace florin::psp::stripe {
namespace {

using std::chrono::seconds;

constexpr std::string_view kBody = "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}";
constexpr std::string_view kPublished = "2672d138c9a412830f3bfe2ecc5bfb3277cf6f5b49d0119d77dd6cb64da1257e";
const WallTime kThen{seconds(12345)};
const std::vector<Secret> kSecrets{Secret("whsec_test_secret")};

std::string sign(std::string_view secret, std::string_view time, std::string_view body) {
    return to_hex(hmac_sha256(secret, fmt::format("{}.{}", time, body)));
}

std::string header(std::string_view signature) {
    return fmt::format("t=12345,v1={}", signature);
}

std::string verdict(std::string_view header, std::string_view body = kBody, std::span<const Secret> secrets = kSecrets,
                    WallTime now = kThen) {
    const auto signer = verify_signature(header, body, secrets, now);
    return signer ? std::to_string(*signer) : std::string(to_string(signer.error()));
}

// The vector that Stripe's own verifier accepts.
TEST(Signature, the_published_one_is_accepted) {
    EXPECT_EQ(verdict(header(kPublished)), "0");
    EXPECT_EQ(sign("whsec_test_secret", "12345", kBody), kPublished);
}

TEST(Signature, what_is_not_the_body_s_is_refused) {
    const std::string v1(kPublished);
    const std::vector<std::pair<std::string, std::string>> rows{
        {"", "no_header"},
        {"t=12345", "malformed"},
        {"v1=" + v1, "malformed"},
        {"t=12345,v0=" + v1, "malformed"},  // a scheme that is never believed
        {"t=12345,V1=" + v1, "malformed"},
        {"t=12345,v1=" + v1.substr(1), "malformed"},  // truncated
        {"t=12345,v1=" + v1 + "00", "malformed"},
        {"t=12345,v1=", "malformed"},
        {"t=12345 ,v1=" + v1, "malformed"},
        {"t=12345.0,v1=" + v1, "malformed"},
        {"t=-12345,v1=" + v1, "malformed"},
        {"t=,v1=" + v1, "malformed"},
        {"t=9999999999999,v1=" + v1, "malformed"},
        {"t=12345,t=12345,v1=" + v1, "malformed"},  // which was signed?
        {"t=12345,,v1=" + v1, "malformed"},
        {"12345," + v1, "malformed"},
        {std::string(5000, ','), "malformed"},
        {"t=12346,v1=" + v1, "wrong"},
        {"t=012345,v1=" + v1, "wrong"},
        {"t=12345,v1=" + std::string(64, '0'), "wrong"},
        {"t=12345,v1=" + sign("whsec_other", "12345", kBody), "wrong"},
        {"t=12345,v1=" + sign("", "12345", kBody), "wrong"},
        {"t=12345,v1=" + sign("test_secret", "12345", kBody), "wrong"},  // the key is the whole secret
        {"t=12345,v1=" + to_hex(sha256("12345." + std::string(kBody))), "wrong"},
    };
    for (const auto& [text, expected] : rows) EXPECT_EQ(verdict(text), expected) << text;
}

// W-07
TEST(Signature, every_byte_of_the_body_counts) {
    for (std::size_t i = 0; i < kBody.size(); ++i) {
        std::string changed(kBody);
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_EQ(verdict(header(kPublished), changed), "wrong") << i;
    }
    EXPECT_EQ(verdict(header(kPublished), R"({"id":"evt_test_webhook","object":"event"})"), "wrong");  // re-serialised
    EXPECT_EQ(verdict(header(kPublished), std::string(kBody) + "\n"), "wrong");
    EXPECT_EQ(verdict(header(kPublished), kBody.substr(0, kBody.size() - 1)), "wrong");
    EXPECT_EQ(verdict(header(kPublished), ""), "wrong");
}

// W-08: the cut between time and body cannot be moved.
TEST(Signature, a_dot_belongs_to_the_body) {
    const auto signature = sign("whsec_test_secret", "12345", "6.body");
    EXPECT_EQ(verdict(header(signature), "6.body"), "0");
    EXPECT_EQ(verdict("t=12345.6,v1=" + signature, "body"), "malformed");
}

// W-08
TEST(Signature, the_time_is_ours_to_five_minutes) {
    const std::vector<std::pair<int, std::string_view>> rows{{-301, "stale"}, {-300, "0"},    {0, "0"},
                                                             {300, "0"},      {301, "stale"}, {29 * 86'400, "stale"}};
    for (const auto& [age, expected] : rows)
        EXPECT_EQ(verdict(header(kPublished), kBody, kSecrets, kThen + seconds(age)), expected) << age;
    // Only who knows the secret hears that it is the time.
    EXPECT_EQ(verdict(header(std::string(64, '0')), kBody, kSecrets, kThen + seconds(400)), "wrong");
}

// W-10
TEST(Signature, old_and_new_secret_both_sign_while_one_replaces_the_other) {
    const std::vector<Secret> both{Secret("whsec_old"), Secret("whsec_new")};
    const auto by_old = sign("whsec_old", "12345", kBody);
    const auto by_new = sign("whsec_new", "12345", kBody);
    EXPECT_EQ(verdict(header(by_old), kBody, both), "0");
    EXPECT_EQ(verdict(header(by_new), kBody, both), "1");
    EXPECT_EQ(verdict(header(by_new + ",v1=" + by_old), kBody, both), "0");
    // A sender that rolls signs with both of its own; one that we know suffices.
    EXPECT_EQ(verdict(header(std::string(64, 'a') + ",v1=" + by_new), kBody, both), "1");
    EXPECT_EQ(verdict(header(by_old), kBody, std::vector<Secret>{Secret("whsec_new")}), "wrong");  // after the cut-off
}

TEST(Signature, without_a_secret_nobody_is_believed) {
    const std::vector<std::vector<Secret>> rows{{}, {Secret()}, {Secret(), Secret()}};
    for (const auto& secrets : rows) {
        EXPECT_EQ(verdict(header(kPublished), kBody, secrets), "no_secret");
        EXPECT_EQ(verdict(header(sign("", "12345", kBody)), kBody, secrets), "no_secret");
    }
    // One that is empty beside one that is not: HMAC with an empty key is anybody's.
    EXPECT_EQ(verdict(header(sign("", "12345", kBody)), kBody, std::vector<Secret>{Secret(), Secret("whsec_x")}),
              "wrong");
}

TEST(Signature, a_header_names_a_bounded_number_of_signatures) {
    std::string many = "t=12345";
    for (int i = 0; i < 16; ++i) many += ",v1=" + std::string(64, '0');
    EXPECT_EQ(verdict(many), "wrong");
    EXPECT_EQ(verdict(many + ",v1=" + std::string(kPublished)), "malformed");
}

}  // namespace
}  // namespace florin::psp::stripe
