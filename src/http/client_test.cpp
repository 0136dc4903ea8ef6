#include <boost/asio/ip/tcp.hpp>

#include "http/client_fixture.hpp"

namespace florin::http {
namespace {
namespace asio = boost::asio;
using testing::answer_with;
using testing::RawServer;
using testing::RawSocket;

class ClientTest : public testing::ClientTest {
protected:
    // The failure of a request to a server that answers `bytes` and closes.
    ClientFailure failure_of(std::string bytes, ClientOptions options = {}) {
        RawServer server([bytes = std::move(bytes)](RawSocket& peer, int) {
            peer.read_message();
            peer.send(bytes);
        });
        use(server.port(), options);
        auto failure = failed(get());
        client_.reset();
        return failure;
    }
};

TEST_F(ClientTest, a_request_goes_out_whole_and_its_answer_comes_back) {
    std::string seen;
    RawServer server([&](RawSocket& peer, int) {
        seen = peer.read_message();
        peer.send("HTTP/1.1 402 Payment Required\r\nX-Request-Id: r1\r\nContent-Length: 2\r\n\r\n{}");
    });
    use(server.port());
    const auto answer = send({"POST", "/v1/x", {{"Idempotency-Key", "op_1-1"}}, "a=b"});
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->status, 402);
    EXPECT_EQ(answer->body, "{}");
    ASSERT_NE(answer->find_header("x-request-id"), nullptr);
    EXPECT_EQ(*answer->find_header("x-request-id"), "r1");
    EXPECT_EQ(seen, fmt::format("POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nIdempotency-Key: op_1-1\r\n"
                                "Content-Length: 3\r\n\r\na=b",
                                server.port()));
}

TEST_F(ClientTest, chunked_answers_are_joined_and_interim_answers_skipped) {
    RawServer server([](RawSocket& peer, int) {
        peer.read_message();
        peer.send(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    });
    use(server.port());
    EXPECT_EQ(get().value().body, "abc");
}

TEST_F(ClientTest, the_answer_to_head_has_no_body) {
    RawServer server([](RawSocket& peer, int) {
        while (!peer.read_until("\r\n\r\n").empty()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    });
    use(server.port());
    EXPECT_EQ(send({"HEAD", "/", {}, {}}).value().body, "");
    EXPECT_EQ(send({"HEAD", "/", {}, {}}).value().status, 200);
    client_.reset();
}

TEST_F(ClientTest, a_refused_connection_has_sent_nothing) {
    const asio::ip::tcp::socket deaf(loop_, {asio::ip::address_v4::loopback(), 0});  // bound, so nobody else listens
    use(deaf.local_endpoint().port());
    const auto failure = failed(get());
    EXPECT_TRUE(failure.nothing_sent);
    EXPECT_NE(failure.what.find("Connection refused"), std::string::npos) << failure.what;
}

TEST_F(ClientTest, an_unknown_name_has_sent_nothing) {
    client_.emplace(loop_.get_executor(), Origin{false, "no-such-host.invalid", 80}, ClientOptions{});
    const auto failure = failed(get(Milliseconds{3'000}));
    EXPECT_TRUE(failure.nothing_sent);
    EXPECT_NE(failure.what.find("cannot resolve no-such-host.invalid"), std::string::npos) << failure.what;
}

TEST_F(ClientTest, a_reset_after_the_request_is_not_called_unsent) {
    RawServer server([](RawSocket& peer, int) {
        peer.read_message();
        peer.reset();
    });
    use(server.port());
    EXPECT_FALSE(failed(get()).nothing_sent);
}

TEST_F(ClientTest, answers_that_are_not_whole_well_formed_and_small_are_failures) {
    const std::pair<std::string, std::string> table[] = {
        {"", "closed before any answer"},
        {"HTTP/1.1 200 OK\r\nContent-Le", "closed inside the answer's header"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "closed inside the answer's body"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", "closed inside the answer's body"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "answer larger than 100 bytes"},
        {"HTTP/1.1 200 OK\r\n\r\n" + std::string(200, 'x'), "answer larger than 100 bytes"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + std::string(255, 'x'),
         "larger than 100 bytes"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(100'000, 'x'), "chunks is too long"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(100'000, 'x'),
         "chunks is too long"},
        {"HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n", "header larger than"},
        {"<html>", "closed inside the answer's header"},
        {"<html><body>502 Bad Gateway</body></html>\r\n\r\n", "not well-formed HTTP"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "not well-formed HTTP"},
    };
    for (const auto& [bytes, what] : table) {
        const auto failure = failure_of(bytes, {.answer_bytes = 100});
        EXPECT_FALSE(failure.nothing_sent) << bytes.substr(0, 80);
        EXPECT_NE(failure.what.find(what), std::string::npos) << failure.what << "\n" << bytes.substr(0, 80);
    }
}

}  // namespace
}  // namespace florin::http
