// Whom a selftest kills, and whose end it takes for the gateway's own fault.
#include "selftest/site.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <thread>

namespace florin::selftest {
namespace {

namespace fs = std::filesystem;

template <class Condition>
bool happens(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

class SiteTest : public testing::Test {
protected:
    SiteTest() { fs::create_directories(data_); }
    Program shell(const std::string& script) {
        return {.arguments = {"/bin/sh", "-c", script}, .settings = {}, .output = site_.file("log")};
    }
    // A process that the file of a running PostgreSQL names.
    Program named_in_pid_file(const fs::path& works_in) {
        const auto pid_file = (data_ / "postmaster.pid").string();
        return shell("cd " + works_in.string() + " && echo $$ > " + pid_file + " && exec sleep 600");
    }
    bool is_named() {
        std::ifstream file(data_ / "postmaster.pid");
        std::string line;
        return std::getline(file, line) && !file.eof();
    }

    Site site_{{.florin = "/bin/false", .simulator = "/bin/false"}, false};
    fs::path data_ = site_.file("data") / "data";
};

TEST_F(SiteTest, a_postmaster_of_its_own_data_is_killed) {
    Child postmaster(named_in_pid_file(data_));
    postmaster.start();
    ASSERT_TRUE(happens([&] { return is_named(); }));
    EXPECT_TRUE(site_.kill_postgres());
    EXPECT_EQ(postmaster.wait(), 128 + SIGKILL);
    EXPECT_FALSE(site_.kill_postgres()) << "the file was left, its process is gone";
}

TEST_F(SiteTest, a_stranger_that_has_the_number_in_a_stale_file_lives_on) {
    Child stranger(named_in_pid_file("/"));
    stranger.start();
    ASSERT_TRUE(happens([&] { return is_named(); }));
    EXPECT_FALSE(site_.kill_postgres());
    EXPECT_TRUE(stranger.is_alive());
}

TEST_F(SiteTest, without_a_postmaster_nobody_is_killed) {
    EXPECT_FALSE(site_.kill_postgres());
    std::ofstream(data_ / "postmaster.pid") << "nonsense";
    EXPECT_FALSE(site_.kill_postgres());
}

TEST_F(SiteTest, a_program_that_ends_by_itself_is_told_from_one_that_was_killed) {
    Child refuses(shell("exit 1"));
    EXPECT_FALSE(refuses.ended_by_itself()) << "it was never started";
    refuses.start();
    EXPECT_TRUE(happens([&] { return refuses.ended_by_itself(); }));
    refuses.kill();
    EXPECT_TRUE(refuses.ended_by_itself()) << "nobody was there to be killed";

    Child lives(shell("exec sleep 600"));
    lives.start();
    EXPECT_FALSE(lives.ended_by_itself());
    lives.kill();
    EXPECT_FALSE(lives.ended_by_itself());
    lives.start();
    EXPECT_FALSE(lives.ended_by_itself());
}

}  // namespace
}  // namespace florin::selftest
