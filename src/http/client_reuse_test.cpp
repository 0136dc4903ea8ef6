// Which connection a request goes out on: a kept one where it is safe, and who waits for it.
#include <atomic>

#include "http/client_fixture.hpp"

namespace florin::http {
namespace {
using testing::answer_with;
using testing::RawServer;
using testing::RawSocket;
using ClientReuseTest = testing::ClientTest;

// The number of the connection, so that a test sees which one was used.
void answer_all_with_number(RawSocket& peer, int number) {
    while (!peer.read_message().empty()) peer.send(answer_with(std::to_string(number)));
}

TEST_F(ClientReuseTest, a_connection_is_used_again) {
    RawServer server(answer_all_with_number);
    use(server.port());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(get().value().body, "0");
    client_.reset();
}

TEST_F(ClientReuseTest, a_connection_that_the_peer_closed_while_idle_is_not_used_again) {
    std::atomic<int> closed = 0;
    RawServer server([&](RawSocket& peer, int number) {
        peer.read_message();
        peer.send(answer_with(std::to_string(number)));
        peer.close();
        ++closed;
    });
    use(server.port());
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(get().value().body, std::to_string(i));
        while (closed <= i) std::this_thread::yield();
    }
}

TEST_F(ClientReuseTest, a_connection_with_bytes_that_nobody_asked_for_is_not_used_again) {
    std::atomic<bool> said_more = false;
    RawServer server([&](RawSocket& peer, int number) {
        peer.read_message();
        peer.send(answer_with(std::to_string(number)));
        if (number > 0) return;
        peer.send(answer_with("planted"));
        said_more = true;
        peer.read_to_end();
    });
    use(server.port());
    EXPECT_EQ(get().value().body, "0");
    while (!said_more) std::this_thread::yield();
    EXPECT_EQ(get().value().body, "1");
}

TEST_F(ClientReuseTest, a_connection_idle_for_too_long_or_told_to_close_is_not_used_again) {
    RawServer server([](RawSocket& peer, int number) {
        peer.read_message();
        peer.send(answer_with(std::to_string(number), number == 0 ? "Connection: close\r\n" : ""));
        peer.read_to_end();
    });
    use(server.port(), {.idle_timeout = Milliseconds{0}});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(get().value().body, std::to_string(i));
    client_.reset();
}

TEST_F(ClientReuseTest, waiters_get_the_freed_connection_in_order) {
    std::string order;
    RawServer server([&](RawSocket& peer, int) {
        for (auto seen = peer.read_message(); !seen.empty(); seen = peer.read_message()) {
            order += seen.substr(5, 1);
            peer.send(answer_with(seen.substr(5, 1)));
        }
    });
    use(server.port(), {.connections = 1});
    std::vector<std::future<testing::Exchanged>> answers;
    for (const auto* target : {"/a", "/b", "/c", "/d"}) answers.push_back(begin({"GET", target, {}, {}}));
    for (auto& answer : answers) ASSERT_TRUE(finish(answer));
    client_.reset();
    EXPECT_EQ(order, "abcd");
}

}  // namespace
}  // namespace florin::http
