#include "webhooks/signature.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "webhooks/base64.hpp"

namespace florin::webhooks {
namespace {

// The example that the libraries of Standard Webhooks are tested with.
const std::string kPublished = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view kBody = R"({"test": 2432232314})";
constexpr std::string_view kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

std::string sign_with(const std::vector<std::string>& secrets) {
    std::vector<Secret> all;
    for (const auto& secret : secrets) all.emplace_back(secret);
    return sign(all, kId, 1'614'265'330, kBody);
}

TEST(Signature, is_that_of_the_published_example) {
    EXPECT_EQ(sign_with({kPublished}), kSignature);
}

TEST(Signature, while_a_secret_is_rotated_there_is_one_for_each) {
    const auto other = "whsec_" + to_base64(std::string(32, 'k'));
    const auto both = sign_with({other, kPublished});
    EXPECT_EQ(both, sign_with({other}) + " " + std::string(kSignature));
    EXPECT_NE(sign_with({other}), kSignature);
}

TEST(Signature, is_of_one_id_one_time_and_one_body) {
    const std::vector secrets{Secret(kPublished)};
    EXPECT_EQ(sign(secrets, kId, 1'614'265'330, kBody), kSignature);
    EXPECT_NE(sign(secrets, "msg_other", 1'614'265'330, kBody), kSignature);
    EXPECT_NE(sign(secrets, kId, 1'614'265'331, kBody), kSignature);
    EXPECT_NE(sign(secrets, kId, 1'614'265'330, "{}"), kSignature);
}

TEST(Signature, a_secret_has_a_prefix_and_24_to_64_bytes_in_one_form_of_base64) {
    const struct {
        std::string text;
        bool is_secret;
    } table[] = {
        {kPublished, true},
        {"whsec_" + to_base64(std::string(24, 'x')), true},
        {"whsec_" + to_base64(std::string(64, 'x')), true},
        {"whsec_" + to_base64(std::string(23, 'x')), false},
        {"whsec_" + to_base64(std::string(65, 'x')), false},
        {kPublished.substr(6), false},
        {"WHSEC_" + kPublished.substr(6), false},
        {kPublished + "\n", false},
        {kPublished + "====", false},
        {kPublished.substr(0, kPublished.size() - 1), false},
        {kPublished.substr(0, kPublished.size() - 2) + "-_", false},
        {"whsec_", false},
        {"", false},
    };
    for (const auto& row : table) EXPECT_EQ(is_secret(row.text), row.is_secret) << row.text;
}

// RFC 4648, section 10.
TEST(Base64, is_that_of_the_published_examples) {
    const std::pair<std::string, std::string> table[] = {{"f", "Zg=="},         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},       {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : table) {
        EXPECT_EQ(to_base64(bytes), text);
        EXPECT_EQ(from_base64(text), bytes);
    }
    for (const auto* text : {"", "Zg", "Zg=", "Zh==", "Zm9=", " Zm9v", "Zm9v\n", "Zm9v====", "=Zg=", "Z===", "Zm\0v"})
        EXPECT_FALSE(from_base64(text)) << text;
}

RC_GTEST_PROP(Base64, bytes_have_one_text_and_a_text_one_sequence_of_bytes, (std::string text)) {
    if (!text.empty()) RC_ASSERT(from_base64(to_base64(text)) == text);
    if (const auto bytes = from_base64(text)) RC_ASSERT(to_base64(*bytes) == text);
}

}  // namespace
}  // namespace florin::webhooks
