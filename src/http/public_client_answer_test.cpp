// What receivers answer that strangers run (O-03, O-04, O-05 of the catalogue of faults).
#include "http/public_client_fixture.hpp"

namespace florin::http {
namespace {
using testing::kHere;
using testing::RawServer;
using testing::RawSocket;
using PublicClientAnswerTest = testing::PublicClientTest;

constexpr Milliseconds kSoon{2'000};  // a deadline to miss: time enough to connect and to send before it

Origin shop(const RawServer& server) {
    return {false, "shop.example.com", server.port()};
}

TEST_F(PublicClientAnswerTest, a_redirect_is_not_followed) {
    std::atomic<unsigned> requests = 0;
    RawServer server([&](RawSocket& peer, int) {
        while (!peer.read_message().empty()) {
            const auto status =
                std::array{"301 Moved Permanently", "302 Found", "307 Temporary Redirect"}[requests++ % 3];
            peer.send(
                fmt::format("HTTP/1.1 {}\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", status));
        }
    });
    use({{kHere}});
    for (const int status : {301, 302, 307}) EXPECT_EQ(send(shop(server)).value().status, status);
    client_.reset();
    EXPECT_EQ(requests, 3U);
    EXPECT_EQ(lookups_, 1U);
}

TEST_F(PublicClientAnswerTest, of_an_answer_without_end_the_beginning_is_read_and_the_connection_closed) {
    for (const std::string framing :
         {"Content-Length: 5000000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n10000000\r\n", "\r\n"}) {
        std::atomic<std::size_t> sent = 0;
        std::atomic<bool> was_closed = false;
        RawServer server([&](RawSocket& peer, int) {
            peer.read_message();
            peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + framing);
            const std::string block(64 * 1024, '\x1f');
            while (peer.send(block)) sent += block.size();
            was_closed = true;
        });
        use({{kHere}});
        const auto answer = send(shop(server));
        ASSERT_TRUE(answer) << answer.error().what;
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->body, std::string(4096, '\x1f')) << "as it came: nothing is decompressed";
        client_.reset();
        while (!was_closed) std::this_thread::yield();
        EXPECT_LT(sent, 64U * 1024 * 1024) << "what buffers hold, and no more";
    }
}

TEST_F(PublicClientAnswerTest, a_body_that_breaks_off_or_is_no_body_does_not_undo_the_status) {
    for (const std::string rest : {"Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n5\r\nhal",
                                   "Transfer-Encoding: chunked\r\n\r\nnot a chunk\r\n",
                                   "Content-Length: 2\r\n\r\nokHTTP/1.1 500 Planted\r\n\r\n"}) {
        std::atomic<int> connections = 0;
        RawServer server([&](RawSocket& peer, int) {
            ++connections;
            peer.read_message();
            peer.send("HTTP/1.1 202 Accepted\r\n" + rest);
        });
        use({{kHere}});
        for (int i = 0; i < 2; ++i) EXPECT_EQ(send(shop(server)).value().status, 202) << rest;
        client_.reset();
        EXPECT_EQ(connections, 2) << "nothing else is asked on such a connection: " << rest;
    }
}

TEST_F(PublicClientAnswerTest, what_is_left_of_an_answer_is_never_taken_for_the_next) {
    std::atomic<int> connections = 0;
    RawServer server([&](RawSocket& peer, int) {
        ++connections;
        peer.read_message();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + std::string(4097, 'x'));
        peer.read_to_end();
    });
    use({{kHere}});
    for (int i = 0; i < 2; ++i) EXPECT_EQ(send(shop(server)).value().body, std::string(4096, 'x'));
    client_.reset();
    EXPECT_EQ(connections, 2);
}

TEST_F(PublicClientAnswerTest, a_header_that_drips_ends_at_the_deadline) {
    std::atomic<bool> over = false;
    RawServer server([&](RawSocket& peer, int) {
        peer.read_message();
        peer.send("HTTP/1.1 200 OK\r\nX: ");
        while (!over && peer.send("x")) std::this_thread::sleep_for(Milliseconds{5});
    });
    use({{kHere}});
    const auto answer = send(shop(server), {"POST", "/", {}, "{}"}, kSoon);
    over = true;
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().what.starts_with("timeout after ")) << answer.error().what;
    EXPECT_FALSE(answer.error().nothing_sent);
}

TEST_F(PublicClientAnswerTest, a_body_that_drips_is_cut_off_at_the_deadline) {
    std::atomic<bool> over = false;
    RawServer server([&](RawSocket& peer, int) {
        peer.read_message();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (!over && peer.send("x")) std::this_thread::sleep_for(Milliseconds{5});
    });
    use({{kHere}});
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(send(shop(server), {"POST", "/", {}, "{}"}, kSoon).value().status, 200);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, kSoon);
    over = true;
}

TEST_F(PublicClientAnswerTest, who_never_answers_is_left_at_the_deadline) {
    RawServer server([](RawSocket& peer, int) { peer.read_to_end(); });
    use({{kHere}});
    const auto answer = send(shop(server), {"POST", "/", {}, "{}"}, kSoon);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().what.starts_with("timeout after ")) << answer.error().what;
}

TEST_F(PublicClientAnswerTest, what_is_no_answer_is_a_failure_and_its_words_are_not_repeated) {
    for (const std::string bytes : {"", "HTTP/1.1 2", "<html>secret</html>\r\n\r\n", "HTTP/1.1 abc secret\r\n\r\n",
                                    "SSH-2.0-secret\r\n\r\n", "HTTP/1.1 200 OK\r\nsecret\r\n\r\n"}) {
        RawServer server([&](RawSocket& peer, int) {
            peer.read_message();
            peer.send(bytes);
        });
        use({{kHere}});
        const auto answer = send(shop(server));
        ASSERT_FALSE(answer) << bytes;
        EXPECT_EQ(answer.error().what.find("secret"), std::string::npos) << answer.error().what;
    }
    RawServer server([](RawSocket& peer, int) {
        peer.read_message();
        while (peer.send("HTTP/1.1 100 Continue\r\n\r\n")) {
        }
    });
    use({{kHere}});
    EXPECT_EQ(send(shop(server)).error().what, "only interim answers");
}

}  // namespace
}  // namespace florin::http
