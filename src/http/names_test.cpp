#include "http/names.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace florin::http {
namespace {
namespace asio = boost::asio;

const auto kAddress = asio::ip::make_address("192.0.43.8");
constexpr Milliseconds kPatience{20'000};
constexpr Milliseconds kShort{50};

// Servers of names: those that begin with "silent" say nothing until they are told to.
class Servers {
public:
    LookedUp look_up(const std::string& name) {
        std::unique_lock lock(mutex_);
        ++asked_;
        if (!name.starts_with("silent")) return name.starts_with("no") ? failure() : LookedUp(Addresses{kAddress});
        ++silent_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return speak_; });
        return failure();
    }
    void speak(bool speak = true) {
        const std::lock_guard lock(mutex_);
        speak_ = speak;
        changed_.notify_all();
    }
    int asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    int silent() {
        const std::lock_guard lock(mutex_);
        return silent_;
    }
    void wait_for_silent(int look_ups) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return silent_ >= look_ups; });
    }

private:
    static LookedUp failure() { return std::unexpected("Name or service not known"); }

    std::mutex mutex_;
    std::condition_variable changed_;
    int asked_ = 0, silent_ = 0;
    bool speak_ = false;
};

class NamesTest : public ::testing::Test {
protected:
    void use(NamesOptions options = {}) {
        options.look_up = [this](const std::string& name) { return servers_.look_up(name); };
        names_.emplace(loop_.get_executor(), std::move(options));
    }
    std::future<LookedUp> begin(std::string name, Milliseconds within = kPatience) {
        return asio::co_spawn(loop_, names_->addresses(std::move(name), Deadline::after(within)), asio::use_future);
    }
    LookedUp finish(std::future<LookedUp>& found) {
        loop_.restart();
        while (found.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop_.run_one();
        return found.get();
    }
    LookedUp find(std::string name, Milliseconds within = kPatience) {
        auto found = begin(std::move(name), within);
        return finish(found);
    }
    void TearDown() override {
        servers_.speak();
        names_.reset();
        loop_.restart();
        loop_.poll();
    }

    Servers servers_;
    asio::io_context loop_{1};
    std::optional<Names> names_;
};

TEST_F(NamesTest, a_name_is_asked_for_once_and_kept_for_a_while) {
    use();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(find("a.example"), Addresses{kAddress});
    EXPECT_EQ(servers_.asked(), 1);
    EXPECT_EQ(find("b.example"), Addresses{kAddress});
    EXPECT_EQ(servers_.asked(), 2);
}

TEST_F(NamesTest, an_answer_that_is_not_kept_is_asked_for_again) {
    use({.keep = Milliseconds{0}, .keep_failure = Milliseconds{0}});
    for (const auto* name : {"a.example", "no.example"})
        for (int i = 0; i < 2; ++i) EXPECT_EQ(find(name).has_value(), name[0] == 'a');
    EXPECT_EQ(servers_.asked(), 4);
}

TEST_F(NamesTest, who_asks_for_the_same_name_waits_for_the_same_look_up) {
    use();
    auto first = begin("silent.example"), second = begin("silent.example");
    EXPECT_EQ(find("silent.example", kShort).error(), "the look-up timed out");
    servers_.speak();
    EXPECT_EQ(finish(first).error(), "Name or service not known");
    EXPECT_EQ(finish(second).error(), "Name or service not known");
    EXPECT_EQ(servers_.asked(), 1);
}

TEST_F(NamesTest, names_whose_servers_are_silent_do_not_hold_up_those_that_answered_before) {
    use({.threads = 3, .new_names = 2, .keep = Milliseconds{0}});
    ASSERT_TRUE(find("good.example"));
    std::vector<std::future<LookedUp>> silent;
    for (int i = 0; i < 20; ++i) silent.push_back(begin(fmt::format("silent{}.example", i), kShort));
    for (auto& one : silent) EXPECT_EQ(finish(one).error(), "the look-up timed out");
    servers_.wait_for_silent(2);  // no more than the new names may use: one thread is left
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(find("good.example"));
    servers_.speak();
    EXPECT_TRUE(find("new.example"));
    EXPECT_EQ(servers_.silent(), 2) << "nobody asks for whom nobody waits any more";
}

TEST_F(NamesTest, names_that_were_slow_do_not_hold_up_new_ones) {
    // Every look-up takes longer than that.
    use({.threads = 3, .new_names = 2, .slow_names = 1, .slow = Milliseconds{-1}, .keep_failure = Milliseconds{0}});
    auto first = begin("silent1.example"), second = begin("silent2.example");
    loop_.poll();
    servers_.wait_for_silent(2);
    servers_.speak();
    EXPECT_FALSE(finish(first));
    EXPECT_FALSE(finish(second));

    servers_.speak(false);
    first = begin("silent1.example", kShort), second = begin("silent2.example", kShort);
    EXPECT_EQ(finish(first).error(), "the look-up timed out");
    EXPECT_EQ(finish(second).error(), "the look-up timed out");
    servers_.wait_for_silent(3);
    EXPECT_TRUE(find("new.example"));
    EXPECT_EQ(servers_.silent(), 3) << "of the two one was asked for";
}

TEST_F(NamesTest, whoever_waits_when_all_ends_gets_a_failure) {
    use();
    auto waiting = begin("silent.example");
    loop_.poll();
    servers_.wait_for_silent(1);
    servers_.speak();
    names_->close();
    EXPECT_FALSE(finish(waiting));
    EXPECT_FALSE(find("a.example"));
}

// localhost stands in /etc/hosts, and .invalid nowhere (RFC 6761).
TEST_F(NamesTest, the_system_is_asked_without_a_search_list) {
    const auto here = look_up_blocking("localhost");
    ASSERT_TRUE(here) << here.error();
    for (const auto& address : *here) EXPECT_TRUE(address.is_loopback());
    EXPECT_EQ(look_up_blocking("0x7f.1"), Addresses{asio::ip::address_v4::loopback()}) << "so the guard comes after it";
    EXPECT_FALSE(look_up_blocking("no-such-host.invalid"));
}

}  // namespace
}  // namespace florin::http
