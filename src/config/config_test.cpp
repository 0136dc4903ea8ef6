#include "config/config.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <ranges>

#include "config/base_url.hpp"
#include "config/duration.hpp"
#include "config/keys.hpp"
#include "config/pepper.hpp"

namespace florin::config {
namespace {

class Configuration : public testing::Test {
protected:
    void SetUp() override {
        char pattern[] = "/tmp/florin-config-XXXXXX";
        directory_ = ::mkdtemp(pattern);
        for (const char* name : kVariables) ::unsetenv(name);
    }
    void TearDown() override {
        std::filesystem::remove_all(directory_);
        for (const char* name : kVariables) ::unsetenv(name);
    }
    Checked<Config> load_text(std::string_view text) {
        std::ofstream(directory_ / "florin.toml") << text;
        return load(directory_ / "florin.toml");
    }
    // The refusal without the name of the temporary file.
    std::string refusal(std::string_view text) {
        auto loaded = load_text(text);
        if (loaded) return "accepted";
        auto detail = loaded.error().detail;
        auto file = (directory_ / "florin.toml:").string();
        return detail.starts_with(file) ? detail.substr(file.size()) : detail;
    }
    static constexpr std::array kVariables{"FLORIN_DATABASE_URL", "FLORIN_PEPPER", "FLORIN_STRIPE_TEST_KEY",
                                           "FLORIN_STRIPE_LIVE_KEY"};
    std::filesystem::path directory_;
};

TEST_F(Configuration, without_a_file_the_defaults_hold) {
    auto config = load(std::nullopt);
    ASSERT_TRUE(config);
    EXPECT_EQ(config->port, 8080);
    EXPECT_EQ(config->answer_within, Milliseconds(10'000));
    EXPECT_FALSE(config->stripe_test);
}

TEST_F(Configuration, the_ports_of_webhooks_are_a_list) {
    EXPECT_EQ(load(std::nullopt)->webhooks.ports, std::vector<std::uint16_t>{443});
    const auto ports = [this](std::string_view text) {
        return load_text("[webhooks]\nports = \"" + std::string(text) + "\"\n")->webhooks.ports;
    };
    EXPECT_EQ(ports("8443"), std::vector<std::uint16_t>{8443});
    EXPECT_EQ(ports("443,8443"), (std::vector<std::uint16_t>{443, 8443}));
    for (const char* wrong : {"", ",", "443,", ",443", "0", "65536", "443 8443", "https"}) {
        const auto said = refusal("[webhooks]\nports = \"" + std::string(wrong) + "\"\n");
        EXPECT_EQ(said, R"(2: webhooks.ports must be ports such as "443,8443")") << wrong;
    }
}

TEST_F(Configuration, a_whole_file_is_read) {
    ::setenv("FLORIN_STRIPE_TEST_KEY", "sk_test_1", 1);
    auto config = load_text(R"(
[http]
address = "0.0.0.0"
port = 9000
tls_certificate = "/etc/hostname"
tls_key = "/etc/hosts"
connections = 50
[limits]
requests_per_second = 7
unknown_key_burst = 3
[database]
data = "/srv/florin"
writers = 4
[payments]
answer_within_ms = 500
[stripe.test]
name = "berlin"
base_url = "http://127.0.0.1:12111"
fee_basis_points = 150
fee_fixed = 25
fees.JPY.fixed = 30
stores_errors = false
refund_looks = "2h,2d"
[log]
level = "debug"
)");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->address, "0.0.0.0");
    EXPECT_EQ(config->port, 9000);
    EXPECT_EQ(config->tls_key, "/etc/hosts");
    EXPECT_EQ(config->connections, 50);
    EXPECT_EQ(config->limits.requests_per_second, 7);
    EXPECT_EQ(config->limits.unknown_key_burst, 3);
    EXPECT_EQ(config->limits.burst, 2000);
    EXPECT_EQ(config->data, "/srv/florin");
    EXPECT_EQ(config->writers, 4);
    EXPECT_EQ(config->answer_within, Milliseconds(500));
    EXPECT_EQ(config->stripe_test->name, "berlin");
    EXPECT_EQ(config->stripe_test->fee.basis_points, 150);
    EXPECT_EQ(config->stripe_test->fee.fixed, 25);
    EXPECT_EQ(config->stripe_test->fees.at("JPY").fixed, 30);
    EXPECT_FALSE(config->stripe_test->stores_errors);
    EXPECT_EQ(config->stripe_test->refund_looks,
              (std::vector<Milliseconds>{std::chrono::hours(2), std::chrono::days(2)}));
    EXPECT_EQ(config->stripe_test->secret_key.expose(), "sk_test_1");
    EXPECT_EQ(config->log_level, "debug");
    EXPECT_TRUE(serving_problems(*config).empty());
}

TEST_F(Configuration, what_is_wrong_is_named_with_its_line_and_the_mend) {
    struct Case {
        std::string_view text, refusal;
    };
    for (const auto& c : std::to_array<Case>({
             {"[http]\nprot = 1", "2: unknown key http.prot: did you mean http.port?"},
             {"[stripe.live]\nbase_ur = \"x\"",
              "2: unknown key stripe.live.base_ur: did you mean stripe.live.base_url?"},
             {"[stripe.test.fees.EURO]\nfixed = 1",
              "2: unknown key stripe.test.fees.EURO.fixed: did you mean stripe.test.fee_fixed?"},
             {"zzz = 1", "1: unknown key zzz: see docs/configuration.md"},
             {"\n[http]\nport = 65536", "3: http.port must be a whole number from 0 to 65535"},
             {"[http]\nport = \"80\"", "2: http.port must be a whole number from 0 to 65535"},
             {"[http]\nport = 80.0", "2: http.port must be a whole number from 0 to 65535"},
             {"[http]\naddress = 1", "2: http.address must be text in quotes"},
             {"[log]\nlevel = \"loud\"", "2: log.level must be debug, info, warning or error"},
             {"[stripe.test]\nname = \"a:b\"", "2: stripe.test.name must be 1 to 32 of a-z, 0-9, _ and -"},
             {"[stripe.test]\nrefund_looks = \"1d,1h\"",
              "2: stripe.test.refund_looks must be growing times such as \"1h,1d,30d\" (s, m, h, d), or empty for "
              "none"},
             {"[stripe.test]\nstores_errors = 1", "2: stripe.test.stores_errors must be true or false"},
             {"[stripe.live]\nstores_errors = false",
              "2: stripe.live.stores_errors must be true: Stripe stores errors under their keys, only a stand-in in "
              "test mode may forget them"},
             {"[stripe.test]\nname = \"a\"", "stripe.test.base_url is missing"},
             {"[database]\nurl = \"mysql://x\"",
              "2: database.url must begin with postgresql://, or be empty for the embedded PostgreSQL"},
             {"[http]\ntls_key = \"key.pem\"", "2: http.tls_key must be the absolute path of a PEM file"},
             {"[http]\ntls_key = \"/key.pem\"",
              "2: http.tls_key is set and http.tls_certificate is not: they go together"},
             {"[limits]\nkey_requests_per_second = 5", "limits.key_burst must be 1 or more where a rate is set"},
             {"[payments]\nanswer_within_ms = 31000",
              "2: payments.answer_within_ms must not be above payments.psp_deadline_ms: a client waits for the PSP no "
              "longer "
              "than the gateway does"},
         })) {
        EXPECT_EQ(refusal(c.text), c.refusal) << c.text;
    }
    EXPECT_TRUE(refusal("[http").starts_with("1: "));
}

TEST_F(Configuration, refunds_are_looked_at_as_the_page_says_or_not_at_all) {
    constexpr std::string_view kAccount = "[stripe.test]\nbase_url = \"http://127.0.0.1:1\"\n";
    Words words;
    const auto* key = find_key("stripe.test.refund_looks", words);
    ASSERT_TRUE(key);
    EXPECT_EQ(load_text(kAccount)->stripe_test->refund_looks, parse_schedule(key->default_value));
    EXPECT_TRUE(load_text(std::string(kAccount) + "refund_looks = \"\"")->stripe_test->refund_looks.empty());
}

TEST_F(Configuration, a_secret_in_the_file_is_refused_and_not_repeated) {
    auto detail = refusal("[stripe.test]\nsecret_key = \"sk_test_abc\"");
    EXPECT_TRUE(detail.starts_with("2: stripe.test.secret_key is a secret")) << detail;
    EXPECT_EQ(detail.find("sk_test_abc"), std::string::npos);
}

TEST_F(Configuration, a_missing_file_is_an_error_when_it_was_named) {
    EXPECT_EQ(load(directory_ / "none.toml").error().error, Error::not_found);
}

TEST_F(Configuration, the_environment_overrides_the_database) {
    ::setenv("FLORIN_DATABASE_URL", "postgresql://db/florin", 1);
    EXPECT_EQ(load_text("[database]\nurl = \"postgresql://other/florin\"")->database_url, "postgresql://db/florin");
    ::setenv("FLORIN_DATABASE_URL", "db", 1);
    EXPECT_EQ(refusal(""), "FLORIN_DATABASE_URL must begin with postgresql://");
}

TEST_F(Configuration, serving_needs_an_account_and_a_key_of_its_mode) {
    constexpr std::string_view kAccount = "[stripe.live]\nbase_url = \"https://api.stripe.com\"";
    EXPECT_TRUE(serving_problems(*load_text("")).front().detail.starts_with("no PSP account"));
    EXPECT_EQ(serving_problems(*load_text(kAccount)).front().detail,
              "FLORIN_STRIPE_LIVE_KEY is not set: stripe.live needs it");
    ::setenv("FLORIN_STRIPE_LIVE_KEY", "sk_test_1", 1);
    EXPECT_EQ(serving_problems(*load_text(kAccount)).front().detail,
              "FLORIN_STRIPE_LIVE_KEY is not a live key: it must begin with sk_live_ or rk_live_");
    ::setenv("FLORIN_STRIPE_LIVE_KEY", "rk_live_1", 1);
    EXPECT_TRUE(serving_problems(*load_text(kAccount)).empty());
}

TEST_F(Configuration, a_shared_database_needs_a_shared_pepper) {
    ::setenv("FLORIN_STRIPE_TEST_KEY", "sk_test_1", 1);
    constexpr std::string_view kText =
        "[database]\nurl = \"postgresql://db/florin\"\n[stripe.test]\nbase_url = \"https://api.stripe.com\"";
    EXPECT_TRUE(serving_problems(*load_text(kText)).front().detail.starts_with("FLORIN_PEPPER is not set"));
    ::setenv("FLORIN_PEPPER", "short", 1);
    EXPECT_TRUE(refusal(kText).starts_with("FLORIN_PEPPER must have at least 32"));
    ::setenv("FLORIN_PEPPER", std::string(32, 'x').c_str(), 1);
    EXPECT_TRUE(serving_problems(*load_text(kText)).empty());
}

TEST_F(Configuration, the_pepper_is_made_once_and_kept_private) {
    Config config;
    config.data = directory_;
    auto first = load_pepper(config);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->expose().size(), 64U);
    EXPECT_EQ(load_pepper(config)->expose(), first->expose());
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(directory_ / "pepper").permissions(), perms::owner_read | perms::owner_write);
    std::ofstream(directory_ / "pepper") << "half";
    EXPECT_EQ(load_pepper(config).error().error, Error::internal);
}

TEST(BaseUrl, plain_http_is_for_this_machine_and_test_mode_only) {
    struct Case {
        std::string_view url;
        bool live, accepted;
    };
    for (const auto& c : std::to_array<Case>({
             {"https://api.stripe.com", true, true},
             {"https://api.stripe.com", false, true},
             {"http://127.0.0.1:12111", false, true},
             {"http://localhost:1", false, true},
             {"http://[::1]:1", false, true},
             {"http://127.0.0.1:12111", true, false},
             {"http://api.stripe.com", false, false},
             {"http://127.0.0.1.evil.example", false, false},
             {"http://localhost.evil.example", false, false},
             {"http://127.0.0.1@evil.example", false, false},
             {"https://api.stripe.com/v1", false, false},
             {"ftp://api.stripe.com", false, false},
             {"https://", false, false},
             {"", false, false},
         })) {
        EXPECT_EQ(base_url_problem(c.url, c.live).empty(), c.accepted) << c.url;
    }
}

// docs/configuration.md has one table row `| `name` | default | … |` for each key, and no other.
TEST(Documentation, every_key_stands_on_the_page_with_its_default) {
    std::ifstream page(FLORIN_SOURCE_DIR "/docs/configuration.md");
    ASSERT_TRUE(page);
    std::map<std::string, std::string> rows;
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| `") || line.starts_with("| `FLORIN_")) continue;
        auto name_end = line.find('`', 3);
        auto cell = line.substr(line.find('|', name_end) + 2);
        rows[line.substr(3, name_end - 3)] = cell.substr(0, cell.find(" |"));
    }
    for (const auto& key : keys()) {
        auto row = rows.extract(std::string(key.name));
        ASSERT_FALSE(row.empty()) << key.name << " is not on the page";
        EXPECT_EQ(row.mapped(), key.default_value.empty() ? "none" : "`" + std::string(key.default_value) + "`")
            << key.name;
    }
    for (const auto& name : rows | std::views::keys) ADD_FAILURE() << name << " is on the page and not in keys.cpp";
}

}  // namespace
}  // namespace florin::config
