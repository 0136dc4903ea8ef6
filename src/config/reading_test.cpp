#include "config/reading.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "config/environment.hpp"

namespace florin::config {
namespace {

class AReading : public testing::Test {
protected:
    void SetUp() override {
        char pattern[] = "/tmp/florin-config-XXXXXX";
        directory_ = ::mkdtemp(pattern);
        for (auto name : variables()) ::unsetenv(std::string(name).c_str());
    }
    void TearDown() override {
        std::filesystem::remove_all(directory_);
        for (auto name : variables()) ::unsetenv(std::string(name).c_str());
    }
    std::string file() const { return (directory_ / "florin.toml").string(); }
    Reading read_text(std::string_view text) {
        std::ofstream(file()) << text;
        return read(file());
    }
    std::filesystem::path directory_;
};

bool any_has(const std::vector<std::string>& sentences, std::string_view part) {
    return std::ranges::any_of(sentences, [&](const auto& text) { return text.find(part) != std::string::npos; });
}

TEST_F(AReading, names_everything_that_is_wrong_at_once) {
    const auto reading =
        read_text("[http]\nport = 70000\nprot = 1\n[log]\nlevel = \"loud\"\n[stripe.live]\nname = \"a\"");
    std::vector<std::string> details;
    for (const auto& problem : reading.problems) details.push_back(problem.detail);
    EXPECT_EQ(details.size(), 4U);
    EXPECT_TRUE(any_has(details, "2: http.port must be")) << testing::PrintToString(details);
    EXPECT_TRUE(any_has(details, "3: unknown key http.prot"));
    EXPECT_TRUE(any_has(details, "5: log.level must be"));
    EXPECT_EQ(reading.problems.back().detail, "stripe.live.base_url is missing");
}

TEST_F(AReading, a_wrong_address_is_one_problem_and_not_missing_too) {
    EXPECT_EQ(read_text("[stripe.live]\nbase_url = \"http://a\"").problems.size(), 1U);
}

TEST_F(AReading, shown_as_toml_it_can_be_read_again_with_the_same_meaning) {
    const auto first = read_text(
        "[http]\nport = 9000\n[stripe.test]\nbase_url = \"http://127.0.0.1:1\"\nfees.EUR.fixed = 7\n"
        "name = \"a\\u0062c\"\n");
    ASSERT_TRUE(first.problems.empty());
    const auto shown = to_toml(first);
    const auto second = read_text(shown);
    ASSERT_TRUE(second.problems.empty()) << shown << second.problems[0].detail;
    EXPECT_EQ(second.config.port, 9000);
    EXPECT_EQ(second.config.stripe_test->fees.at("EUR").fixed, 7);
    EXPECT_EQ(second.config.stripe_test->name, "abc");
    const auto values = all_values(first), again = all_values(second);
    EXPECT_TRUE(std::ranges::equal(values, again, {}, &Value::toml, &Value::toml)) << shown;
}

TEST_F(AReading, shows_where_each_value_comes_from) {
    ::setenv("FLORIN_DATABASE_URL", "postgresql://florin_app:hush@db/florin", 1);
    ::setenv("FLORIN_PEPPER", std::string(32, 'p').c_str(), 1);
    const auto shown = to_toml(read_text("[http]\nport = 9000\n[database]\nurl = \"postgresql://other/florin\""));
    auto has = [&](std::string_view line) { return shown.find(line) != std::string::npos; };
    EXPECT_TRUE(has("port = 9000                                      # " + file() + ":2\n")) << shown;
    EXPECT_TRUE(has("address = \"127.0.0.1\"                            # default\n"));
    EXPECT_TRUE(has("# tls_key                                        # not set\n"));
    EXPECT_TRUE(has("# url = \"postgresql://florin_app@db/florin\" "));
    EXPECT_TRUE(has(" # FLORIN_DATABASE_URL\n"));
    EXPECT_TRUE(has("# FLORIN_PEPPER                                  # set\n"));
    EXPECT_TRUE(has("# FLORIN_STRIPE_LIVE_KEY                         # not set\n"));
    EXPECT_FALSE(has("hush"));
    EXPECT_FALSE(has("pppp"));
}

TEST(WithoutPassword, keeps_what_is_harmless_and_nothing_else) {
    struct Case {
        std::string_view url, shown;
    };
    for (const auto& c : std::to_array<Case>({
             {"postgresql://db/florin", "postgresql://db/florin"},
             {"postgresql://app@db:5432/florin?sslmode=require", "postgresql://app@db:5432/florin?sslmode=require"},
             {"postgresql://app:hush@db/florin", "postgresql://app@db/florin"},
             {"postgresql://app:hu@sh/h?x@db/florin", "postgresql://"},
             {"postgresql://app:hu@s/h@db/florin", "postgresql://app@db/florin"},
             {"postgresql:///florin?host=/run&password=hush", "postgresql:///florin?host=/run"},
             {"postgresql:///florin?%70assword=hush&user=a", "postgresql:///florin?user=a"},
             {"postgresql:///florin?password=hu@sh&user=a", "postgresql://"},
         })) {
        EXPECT_EQ(without_password(c.url), c.shown) << c.url;
    }
}

TEST_F(AReading, warns_of_what_is_allowed_and_seldom_meant) {
    EXPECT_TRUE(warnings(read_text("")).empty());
    EXPECT_TRUE(any_has(warnings(read_text("[http]\naddress = \"0.0.0.0\"")),
                        "florin.toml:2: http.address 0.0.0.0 without http.tls_certificate"));
    EXPECT_TRUE(any_has(warnings(read_text("[database]\nurl = \"postgresql://a:hush@db/f\"")),
                        "florin.toml:2: database.url holds a password"));
    EXPECT_TRUE(any_has(warnings(read_text("[stripe.live]\nbase_url = \"https://a\"\nrefund_looks = \"\"")),
                        "stripe.live.refund_looks is empty"));
    ::setenv("FLORIN_PEPER", "x", 1);
    EXPECT_TRUE(
        any_has(warnings(read_text("")), "FLORIN_PEPER is set and nothing reads it: did you mean FLORIN_PEPPER?"));
    ::unsetenv("FLORIN_PEPER");
}

TEST_F(AReading, takes_several_webhook_secrets_while_one_replaces_another) {
    const std::string account = "[stripe.test]\nbase_url = \"http://127.0.0.1:1\"\n";
    const auto secrets_of = [&](const char* value) {
        ::setenv("FLORIN_STRIPE_TEST_WEBHOOK_SECRET", value, 1);
        const auto reading = read_text(account);
        std::vector<std::string> words;
        for (const auto& secret : reading.config.stripe_test->webhook_secrets) words.emplace_back(secret.expose());
        if (!reading.problems.empty()) words.push_back(reading.problems[0].detail.substr(0, 40));
        return words;
    };
    using Words = std::vector<std::string>;
    EXPECT_EQ(secrets_of(""), Words{});
    EXPECT_EQ(secrets_of("whsec_0123456789abcdef"), Words{"whsec_0123456789abcdef"});
    EXPECT_EQ(secrets_of(" whsec_0123456789abcdef  whsec_fedcba9876543210 "),
              (Words{"whsec_0123456789abcdef", "whsec_fedcba9876543210"}));
    EXPECT_EQ(secrets_of("whsec_short").back(), "FLORIN_STRIPE_TEST_WEBHOOK_SECRET has a ");
    EXPECT_EQ(secrets_of("aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb cccccccccccccccc").back(),
              "FLORIN_STRIPE_TEST_WEBHOOK_SECRET has mo");
    for (const char* value : {"whsec_0123456789abcdef\n", "whsec_0123456789abcdef\r", "whsec_0123456789abcdef\t",
                              "whsec_0123456789abcdef,whsec_fedcba9876543210", "\xc2\xa0whsec_0123456789abcdef"}) {
        EXPECT_EQ(secrets_of(value).back(), "FLORIN_STRIPE_TEST_WEBHOOK_SECRET holds ") << value;
    }
}

TEST_F(AReading, shows_no_webhook_secret_and_warns_where_there_is_none) {
    const std::string accounts =
        "[stripe.test]\nbase_url = \"http://127.0.0.1:1\"\n[stripe.live]\nbase_url = \"https://a\"\n";
    EXPECT_TRUE(any_has(warnings(read_text(accounts)), "FLORIN_STRIPE_TEST_WEBHOOK_SECRET is not set"));
    EXPECT_TRUE(any_has(warnings(read_text(accounts)), "FLORIN_STRIPE_LIVE_WEBHOOK_SECRET is not set"));
    ::setenv("FLORIN_STRIPE_TEST_WEBHOOK_SECRET", "whsec_hush_0123456789", 1);
    ::setenv("FLORIN_STRIPE_LIVE_WEBHOOK_SECRET", "whsec_live_0123456789", 1);
    const auto reading = read_text(accounts);
    EXPECT_TRUE(reading.problems.empty());
    EXPECT_TRUE(warnings(reading).empty());
    EXPECT_EQ(to_toml(reading).find("hush"), std::string::npos);
    ::setenv("FLORIN_STRIPE_LIVE_WEBHOOK_SECRET", "whsec_live_0123456789 whsec_hush_0123456789", 1);
    const auto shared = read_text(accounts);
    ASSERT_EQ(shared.problems.size(), 1U);
    EXPECT_EQ(shared.problems[0].detail.find("hush"), std::string::npos);
}

TEST_F(AReading, warns_of_a_private_key_that_others_may_read) {
    const auto key = directory_ / "key.pem";
    std::ofstream(key) << "x";
    const auto text = "[http]\ntls_certificate = \"/c\"\ntls_key = \"" + key.string() + "\"";
    std::filesystem::permissions(key, std::filesystem::perms(0644));
    EXPECT_TRUE(any_has(warnings(read_text(text)), "is open to other users: chmod 600 it"));
    std::filesystem::permissions(key, std::filesystem::perms(0640));
    EXPECT_TRUE(warnings(read_text(text)).empty());
}

}  // namespace
}  // namespace florin::config
