// What a deadline leaves behind: nothing that the peer could still execute, and the truth about what was sent.
#include <atomic>

#include "http/client_fixture.hpp"

namespace florin::http {
namespace {
using testing::answer_with;
using testing::kSoon;
using testing::RawServer;
using testing::RawSocket;
using ClientDeadlineTest = testing::ClientTest;

TEST_F(ClientDeadlineTest, a_peer_that_hangs_is_left_at_the_deadline) {
    std::string after;
    RawServer server([&](RawSocket& peer, int) {
        peer.read_message();
        after = peer.read_to_end();  // ends when the client leaves
    });
    use(server.port());
    const auto begun = std::chrono::steady_clock::now();
    const auto failure = failed(get(kSoon));
    EXPECT_FALSE(failure.nothing_sent);
    EXPECT_TRUE(failure.what.starts_with("timeout after ")) << failure.what;
    EXPECT_GE(std::chrono::steady_clock::now() - begun, kSoon);
}

TEST_F(ClientDeadlineTest, a_slow_drip_does_not_stretch_the_deadline) {
    std::atomic<bool> over = false;
    RawServer server([&](RawSocket& peer, int) {
        peer.read_message();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (!over && peer.send("x")) std::this_thread::sleep_for(Milliseconds{5});
    });
    use(server.port());
    const auto failure = failed(get(kSoon));
    over = true;
    EXPECT_FALSE(failure.nothing_sent);
    EXPECT_TRUE(failure.what.starts_with("timeout after ")) << failure.what;
}

TEST_F(ClientDeadlineTest, past_its_deadline_a_request_sends_nothing) {
    std::atomic<int> requests = 0;
    RawServer server([&](RawSocket& peer, int) {
        while (!peer.read_message().empty()) {
            ++requests;
            peer.send(answer_with("ok"));
        }
    });
    use(server.port());
    ASSERT_TRUE(get());
    const auto failure = failed(get(Milliseconds{0}));
    EXPECT_TRUE(failure.nothing_sent);
    client_.reset();
    EXPECT_EQ(requests, 1);
}

TEST_F(ClientDeadlineTest, unsent_bytes_at_the_deadline_are_reset_not_delivered_later) {
    std::atomic<bool> gave_up = false;
    std::atomic<bool> over = false;
    bool was_reset = false;
    std::size_t arrived = 0;
    RawServer server([&](RawSocket& peer, int) {
        while (!gave_up) std::this_thread::yield();
        arrived = peer.read_to_end().size();
        was_reset = peer.was_reset();
        over = true;
    });
    use(server.port());
    const std::size_t size = 32 * 1024 * 1024;
    const auto failure = failed(send({"POST", "/", {}, std::string(size, 'x')}, kSoon));
    gave_up = true;
    while (!over) std::this_thread::yield();
    EXPECT_FALSE(failure.nothing_sent);
    EXPECT_TRUE(was_reset);
    EXPECT_LT(arrived, size);
}

TEST_F(ClientDeadlineTest, who_waits_for_a_connection_beyond_the_deadline_has_sent_nothing) {
    std::atomic<bool> over = false;
    RawServer server([&](RawSocket& peer, int) {
        peer.read_message();
        while (!over) std::this_thread::yield();
        peer.send(answer_with("late"));
        peer.read_to_end();
    });
    use(server.port(), {.connections = 1});
    auto first = begin({"GET", "/1", {}, {}});
    auto second = begin({"GET", "/2", {}, {}}, Milliseconds{100});
    const auto failure = failed(finish(second));
    over = true;
    EXPECT_TRUE(failure.nothing_sent);
    EXPECT_EQ(failure.what, "no free connection before the deadline");
    EXPECT_EQ(finish(first).value().body, "late");
    client_.reset();
}

}  // namespace
}  // namespace florin::http
