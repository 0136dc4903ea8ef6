#include "cli/cli.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace florin::cli {
namespace {

class CommandLine : public testing::Test {
protected:
    void SetUp() override {
        char pattern[] = "/tmp/florin-cli-XXXXXX";
        directory_ = ::mkdtemp(pattern);
        ::setenv("FLORIN_STRIPE_TEST_KEY", "sk_test_1", 1);
        ::unsetenv("FLORIN_DATABASE_URL");
        write("[database]\ndata = \"" + (directory_ / "data").string() +
              "\"\n[stripe.test]\nbase_url = \"http://127.0.0.1:1\"\n");
    }
    void TearDown() override {
        ::unsetenv("FLORIN_STRIPE_TEST_WEBHOOK_SECRET");
        std::filesystem::remove_all(directory_);
    }

    void write(const std::string& text) { std::ofstream(directory_ / "florin.toml") << text; }

    int run(std::vector<std::string> words, bool with_config = true) {
        words.insert(words.begin(), "florin");
        if (with_config) words.insert(words.end(), {"--config", (directory_ / "florin.toml").string()});
        std::vector<const char*> pointers;
        for (const auto& word : words) pointers.push_back(word.c_str());
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        int code = cli::run(static_cast<int>(pointers.size()), pointers.data(), [this](config::Config, Role role) {
            served_ = role;
            return 0;
        });
        out_ = testing::internal::GetCapturedStdout();
        error_ = testing::internal::GetCapturedStderr();
        return code;
    }

    std::filesystem::path directory_;
    std::optional<Role> served_;
    std::string out_, error_;
};

TEST_F(CommandLine, help_and_version_are_answers) {
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_NE(out_.find("merchants"), std::string::npos);
    EXPECT_EQ(run({"keys", "create", "--help"}), 0);
    EXPECT_NE(out_.find("Examples:"), std::string::npos);
    EXPECT_EQ(run({"operations", "expiring", "--help"}), 0);
    EXPECT_NE(out_.find("capture_before"), std::string::npos) << "help explains the figures";
    EXPECT_NE(out_.find("24h"), std::string::npos) << "and names its default";
    EXPECT_EQ(run({"version"}), 0);
    EXPECT_TRUE(out_.starts_with("florin "));
    EXPECT_EQ(run({"version", "--json"}), 0);
    EXPECT_TRUE(out_.starts_with("{\"version\":"));
}

TEST_F(CommandLine, what_is_not_a_command_is_code_2) {
    struct Case {
        std::vector<std::string> words;
    };
    for (const auto& c : std::to_array<Case>({
             {{}},
             {{"pay"}},
             {{"pay", "--amount", "10"}},
             {{"capture"}},
             {{"payments"}},
             {{"completion", "tcsh"}},
             {{"merchants"}},
             {{"merchants", "create"}},
             {{"merchants", "create", "--name", "A", "--fee-bps", "10001"}},
             {{"keys", "create", "--merchant", "mer_1", "--mode", "sandbox", "--name", "x"}},
             {{"keys", "revoke"}},
             {{"operations"}},
             {{"operations", "closed"}},
             {{"operations", "expiring", "--within"}},
             {{"up", "--fast"}},
         })) {
        EXPECT_EQ(run(c.words), 2) << testing::PrintToString(c.words);
        EXPECT_FALSE(error_.empty());
    }
}

TEST_F(CommandLine, a_misspelt_word_is_named_with_what_was_meant) {
    struct Case {
        std::vector<std::string> words;
        std::string_view sentence;
    };
    for (const auto& c : std::to_array<Case>({
             {{"pya"}, "unknown command pya: did you mean pay?"},
             {{"merchant", "list"}, "unknown command merchant: did you mean merchants?"},
             {{"keys", "craete"}, "unknown command craete: did you mean create?"},
             {{"pay", "--amuont", "1"}, "unknown option --amuont: did you mean --amount?"},
             {{"pay", "--amount=1", "--curency=EUR"}, "unknown option --curency: did you mean --currency?"},
             {{"frobnicate"}, "unknown command frobnicate; see"},
         })) {
        EXPECT_EQ(run(c.words), 2);
        EXPECT_NE(error_.find(c.sentence), std::string::npos) << error_;
        EXPECT_EQ(std::ranges::count(error_, '\n'), 1) << error_;
    }
}

TEST_F(CommandLine, every_command_shows_an_example_and_its_exit_codes) {
    ASSERT_EQ(run({"commands", "--json"}), 0);
    const auto listed = boost::json::parse(out_).at("data").as_array();
    EXPECT_GT(listed.size(), 20U);
    for (const auto& row : listed) {
        std::vector<std::string> words;
        std::istringstream path(std::string(row.at("command").as_string()));
        for (std::string word; path >> word;) words.push_back(word);
        words.erase(words.begin());
        words.push_back("--help");
        EXPECT_EQ(run(words), 0);
        EXPECT_NE(out_.find("Examples:\n  "), std::string::npos) << out_;
        EXPECT_NE(out_.find("Exit code"), std::string::npos) << out_;
        EXPECT_NE(out_.find("--json"), std::string::npos) << out_;
    }
}

TEST_F(CommandLine, a_quick_try_needs_to_know_where_and_as_whom) {
    ::unsetenv("FLORIN_URL");
    ::unsetenv("FLORIN_SECRET_KEY");
    const std::vector<std::string> pay{"pay", "--amount", "10.00", "--currency", "EUR"};
    EXPECT_EQ(run(pay), 2);
    EXPECT_NE(error_.find("FLORIN_SECRET_KEY is not set"), std::string::npos) << error_;
    ::setenv("FLORIN_SECRET_KEY", "sk_live_hush", 1);
    EXPECT_EQ(run(pay), 2);
    EXPECT_NE(error_.find("FLORIN_URL is not set"), std::string::npos) << error_;
    ::setenv("FLORIN_URL", "http://127.0.0.1:1", 1);
    EXPECT_EQ(run(pay), 2);
    EXPECT_NE(error_.find("real money would move"), std::string::npos) << error_;
    ::setenv("FLORIN_SECRET_KEY", "sk_test_hush", 1);
    EXPECT_EQ(run(pay), 3);
    EXPECT_NE(error_.find("the gateway at FLORIN_URL does not answer"), std::string::npos) << error_;
    EXPECT_NE(error_.find("repeat the command with --key cli-"), std::string::npos) << error_;
    EXPECT_EQ(error_.find("hush"), std::string::npos);
    EXPECT_EQ(run({"refund", "pay_1 x"}), 2);
    EXPECT_EQ(run({"pay", "--amount", "10.0", "--currency", "EUR"}), 2);
    EXPECT_NE(error_.find("an amount in EUR looks like 10.50"), std::string::npos) << error_;
    ::unsetenv("FLORIN_URL");
    ::unsetenv("FLORIN_SECRET_KEY");
}

TEST_F(CommandLine, config_check_names_every_problem_and_print_no_secret) {
    ::setenv("FLORIN_PEPPER", std::string(32, 'p').c_str(), 1);
    EXPECT_EQ(run({"config", "check"}), 0);
    EXPECT_TRUE(out_.starts_with("warning FLORIN_STRIPE_TEST_WEBHOOK_SECRET is not set")) << out_;
    ::setenv("FLORIN_STRIPE_TEST_WEBHOOK_SECRET", ("whsec_" + std::string(32, 'p')).c_str(), 1);
    EXPECT_EQ(run({"config", "check"}), 0);
    EXPECT_TRUE(out_.starts_with("ok")) << out_;
    EXPECT_EQ(run({"config", "print", "--redacted"}), 0);
    EXPECT_NE(out_.find("base_url = \"http://127.0.0.1:1\""), std::string::npos) << out_;
    EXPECT_EQ(out_.find("ppp"), std::string::npos);
    EXPECT_EQ(out_.find("sk_test_1"), std::string::npos);
    EXPECT_EQ(run({"config", "print", "--json"}), 0);
    EXPECT_EQ(boost::json::parse(out_).at("environment").at("FLORIN_PEPPER"), "set");
    write("[http]\nprot = 1\nport = \"x\"\n");
    EXPECT_EQ(run({"config", "check"}), 2);
    EXPECT_EQ(std::ranges::count(out_, '\n'), 2) << out_;
    EXPECT_EQ(run({"config", "check", "--json"}), 2);
    EXPECT_EQ(boost::json::parse(out_).at("problems").as_array().size(), 2U);
    ::unsetenv("FLORIN_PEPPER");
}

TEST_F(CommandLine, serving_commands_hand_over_their_role) {
    EXPECT_EQ(run({"up"}), 0);
    EXPECT_EQ(served_, Role::all);
    ::setenv("FLORIN_PEPPER", std::string(32, 'p').c_str(), 1);
    ::setenv("FLORIN_DATABASE_URL", "postgresql://db/florin", 1);
    EXPECT_EQ(run({"api"}), 0);
    EXPECT_EQ(served_, Role::api);
    EXPECT_EQ(run({"worker"}), 0);
    EXPECT_EQ(served_, Role::worker);
    ::unsetenv("FLORIN_PEPPER");
    ::unsetenv("FLORIN_DATABASE_URL");
}

TEST_F(CommandLine, a_wrong_configuration_is_code_2_and_one_line) {
    EXPECT_EQ(run({"api"}), 2);
    EXPECT_NE(error_.find("database.url"), std::string::npos);
    ::unsetenv("FLORIN_STRIPE_TEST_KEY");
    EXPECT_EQ(run({"up"}), 2);
    EXPECT_NE(error_.find("FLORIN_STRIPE_TEST_KEY"), std::string::npos);
    write("[http]\nprot = 1\n");
    EXPECT_EQ(run({"up"}), 2);
    EXPECT_NE(error_.find("did you mean http.port?"), std::string::npos);
    EXPECT_EQ(std::ranges::count(error_, '\n'), 1);
    EXPECT_FALSE(served_);
}

TEST_F(CommandLine, an_operators_command_without_a_gateway_says_so) {
    for (const auto& words : std::vector<std::vector<std::string>>{{"verify"},
                                                                   {"merchants", "list"},
                                                                   {"keys", "list"},
                                                                   {"operations", "list"},
                                                                   {"operations", "expiring"},
                                                                   {"database", "url"}}) {
        EXPECT_EQ(run(words), 2);
        EXPECT_NE(error_.find("no gateway runs on"), std::string::npos) << error_;
    }
    EXPECT_EQ(run({"database", "stop"}), 0) << "nothing to stop";
}

TEST_F(CommandLine, a_database_that_does_not_answer_is_code_3) {
    ::setenv("FLORIN_DATABASE_URL", "postgresql://florin_app@127.0.0.1:1/florin", 1);
    EXPECT_EQ(run({"verify"}), 3);
    EXPECT_NE(error_.find("the database does not answer"), std::string::npos) << error_;
    ::unsetenv("FLORIN_DATABASE_URL");
}

TEST_F(CommandLine, a_time_ahead_that_is_none_is_code_2) {
    ::setenv("FLORIN_DATABASE_URL", "postgresql://florin_app@127.0.0.1:1/florin", 1);
    for (const auto* within : {"soon", "24", "0h", "-1h", "1w"}) {
        EXPECT_EQ(run({"operations", "expiring", std::string("--within=") + within}), 2) << within;
        EXPECT_NE(error_.find("such as 24h"), std::string::npos) << error_;
    }
    ::unsetenv("FLORIN_DATABASE_URL");
}

TEST_F(CommandLine, one_event_is_replayed_or_all_that_are_parked) {
    for (const auto& more : std::vector<std::vector<std::string>>{{"--since", "1d"}, {"--limit", "5"}}) {
        std::vector<std::string> words{"psp-events", "replay", "evt_1"};
        words.insert(words.end(), more.begin(), more.end());
        EXPECT_EQ(run(words), 2) << more.front();
        EXPECT_NE(error_.find(more.front()), std::string::npos) << error_;
    }
}

TEST_F(CommandLine, the_doctor_names_what_is_wrong) {
    EXPECT_EQ(run({"doctor"}), 1);
    EXPECT_NE(out_.find("ok      configuration"), std::string::npos) << out_;
    EXPECT_NE(out_.find("WRONG   database: no gateway runs on"), std::string::npos) << out_;
    EXPECT_NE(out_.find("WRONG   psp stripe.test: http://127.0.0.1:1 does not answer: "), std::string::npos) << out_;
    EXPECT_EQ(run({"doctor", "--json"}), 1);
    EXPECT_TRUE(out_.starts_with("{\"ok\":false,\"checks\":[")) << out_;
}

}  // namespace
}  // namespace florin::cli
