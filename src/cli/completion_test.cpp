#include "cli/completion.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace florin::cli {
namespace {

const std::vector<Node> kNodes{
    {.path = "florin",
     .what = "",
     .commands = {{"keys", "The keys"}, {"pay", "Pay"}},
     .options = {{"--json", "As JSON"}}},
    {.path = "florin keys", .what = "", .commands = {{"create", "It's new"}, {"list", ""}}, .options = {}},
    {.path = "florin keys create", .what = "", .commands = {}, .options = {{"--name", "Name"}, {"--mode", "Mode"}}},
    {.path = "florin keys list", .what = "", .commands = {}, .options = {{"--json", "As JSON"}}},
    {.path = "florin pay", .what = "", .commands = {}, .options = {{"--amount", "How much"}}},
};

// What bash offers for the last of the words.
std::string completed(const std::string& words, int count) {
    const auto file = testing::TempDir() + "florin.bash";
    std::ofstream(file) << bash_completion(kNodes) << "COMP_WORDS=(" << words << ")\nCOMP_CWORD=" << count - 1
                        << "\n_florin\necho \"${COMPREPLY[*]}\"\n";
    std::FILE* pipe = ::popen(("bash -e " + file).c_str(), "r");
    std::array<char, 1024> line{};
    std::string text = std::fgets(line.data(), line.size(), pipe) ? line.data() : "";
    EXPECT_EQ(::pclose(pipe), 0);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

TEST(Completion, bash_offers_what_may_follow) {
    EXPECT_EQ(completed("florin ''", 2), "keys pay --json");
    EXPECT_EQ(completed("florin ke", 2), "keys");
    EXPECT_EQ(completed("florin keys cr", 3), "create");
    EXPECT_EQ(completed("florin keys create --na", 4), "--name");
    EXPECT_EQ(completed("florin keys create --name x --", 6), "--name --mode") << "a value is no command";
    EXPECT_EQ(completed("florin pay --am", 3), "--amount");
}

TEST(Completion, zsh_and_fish_know_every_command_and_option) {
    const auto zsh = zsh_completion(kNodes), fish = fish_completion(kNodes);
    EXPECT_TRUE(zsh.starts_with("#compdef florin\n"));
    EXPECT_NE(zsh.find("\"florin keys create\") follow=\"--name --mode\" ;;"), std::string::npos) << zsh;
    EXPECT_NE(fish.find("-n '__florin_at \"florin keys\"' -a create -d 'It\\'s new'"), std::string::npos) << fish;
    EXPECT_NE(fish.find("-n '__florin_at \"florin pay\"' -l amount -d 'How much'"), std::string::npos) << fish;
}

}  // namespace
}  // namespace florin::cli
