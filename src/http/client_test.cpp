#include "http/client.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "http/raw_socket.hpp"

namespace florin::http {
namespace {
namespace asio = boost::asio;
using testing::RawServer;
using testing::RawSocket;
using Exchanged = std::expected<ClientAnswer, ClientFailure>;

std::string answer_with(std::string_view body, std::string_view headers = {}) {
    return fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", headers, body.size(), body);
}

// The number of the connection, so that a test sees which one was used.
void answer_all_with_number(RawSocket& peer, int number) {
    while (!peer.read_message().empty()) peer.send(answer_with(std::to_string(number)));
}

class ClientTest : public ::testing::Test {
protected:
    void use(std::uint16_t port, ClientOptions options = {}) {
        client_.emplace(loop_.get_executor(), Origin{false, "127.0.0.1", port}, options);
    }

    std::future<Exchanged> begin(ClientRequest request, Milliseconds within = Milliseconds{8'000}) {
        return asio::co_spawn(loop_, client_->send(std::move(request), Deadline::after(within)), asio::use_future);
    }

    Exchanged finish(std::future<Exchanged>& answer) {
        loop_.restart();
        while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop_.run_one();
        return answer.get();
    }

    Exchanged send(ClientRequest request, Milliseconds within = Milliseconds{8'000}) {
        auto answer = begin(std::move(request), within);
        return finish(answer);
    }

    Exchanged get(Milliseconds within = Milliseconds{8'000}) { return send({"GET", "/", {}, {}}, within); }

    static ClientFailure failed(Exchanged answer) {
        if (!answer) return std::move(answer.error());
        ADD_FAILURE() << "no failure but: " << answer->body.substr(0, 100);
        return {};
    }

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

    void TearDown() override {
        client_.reset();
        loop_.restart();
        loop_.poll();
    }

    asio::io_context loop_{1};
    std::optional<Client> client_;
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

TEST_F(ClientTest, a_connection_is_used_again) {
    RawServer server(answer_all_with_number);
    use(server.port());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(get().value().body, "0");
    client_.reset();
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
    use(testing::free_port());
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

TEST_F(ClientTest, a_peer_that_hangs_is_left_at_the_deadline) {
    std::string after;
    RawServer server([&](RawSocket& peer, int) {
        peer.read_message();
        after = peer.read_to_end();  // ends when the client leaves
    });
    use(server.port());
    const auto begun = std::chrono::steady_clock::now();
    const auto failure = failed(get(Milliseconds{200}));
    EXPECT_FALSE(failure.nothing_sent);
    EXPECT_TRUE(failure.what.starts_with("timeout after ")) << failure.what;
    const auto took = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(took, Milliseconds{200});
    EXPECT_LT(took, Milliseconds{2'000});
}

TEST_F(ClientTest, a_slow_drip_does_not_stretch_the_deadline) {
    std::atomic<bool> over = false;
    RawServer server([&](RawSocket& peer, int) {
        peer.read_message();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (!over && peer.send("x")) std::this_thread::sleep_for(Milliseconds{5});
    });
    use(server.port());
    const auto failure = failed(get(Milliseconds{200}));
    over = true;
    EXPECT_FALSE(failure.nothing_sent);
    EXPECT_TRUE(failure.what.starts_with("timeout after ")) << failure.what;
}

TEST_F(ClientTest, past_its_deadline_a_request_sends_nothing) {
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

TEST_F(ClientTest, unsent_bytes_at_the_deadline_are_reset_not_delivered_later) {
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
    const auto failure = failed(send({"POST", "/", {}, std::string(size, 'x')}, Milliseconds{2'000}));
    gave_up = true;
    while (!over) std::this_thread::yield();
    EXPECT_FALSE(failure.nothing_sent);
    EXPECT_TRUE(was_reset);
    EXPECT_LT(arrived, size);
}

TEST_F(ClientTest, a_connection_that_the_peer_closed_while_idle_is_not_used_again) {
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

TEST_F(ClientTest, a_connection_with_bytes_that_nobody_asked_for_is_not_used_again) {
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

TEST_F(ClientTest, a_connection_idle_for_too_long_or_told_to_close_is_not_used_again) {
    RawServer server([](RawSocket& peer, int number) {
        peer.read_message();
        peer.send(answer_with(std::to_string(number), number == 0 ? "Connection: close\r\n" : ""));
        peer.read_to_end();
    });
    use(server.port(), {.idle_timeout = Milliseconds{0}});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(get().value().body, std::to_string(i));
    client_.reset();
}

TEST_F(ClientTest, waiters_get_the_freed_connection_in_order) {
    std::string order;
    RawServer server([&](RawSocket& peer, int) {
        for (auto seen = peer.read_message(); !seen.empty(); seen = peer.read_message()) {
            order += seen.substr(5, 1);
            peer.send(answer_with(seen.substr(5, 1)));
        }
    });
    use(server.port(), {.connections = 1});
    std::vector<std::future<Exchanged>> answers;
    for (const auto* target : {"/a", "/b", "/c", "/d"}) answers.push_back(begin({"GET", target, {}, {}}));
    for (auto& answer : answers) ASSERT_TRUE(finish(answer));
    client_.reset();
    EXPECT_EQ(order, "abcd");
}

TEST_F(ClientTest, who_waits_for_a_connection_beyond_the_deadline_has_sent_nothing) {
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

TEST(Origin, only_scheme_host_and_port_make_an_origin) {
    const std::tuple<const char*, bool, const char*, int> good[] = {
        {"https://api.stripe.com", true, "api.stripe.com", 443},
        {"https://API.Stripe.com:8443", true, "api.stripe.com", 8443},
        {"http://127.0.0.1:12111", false, "127.0.0.1", 12111},
        {"http://localhost", false, "localhost", 80},
        {"http://[::1]:81", false, "::1", 81},
        {"https://10.0.0.1", true, "10.0.0.1", 443},
    };
    for (const auto& [url, tls, host, port] : good) {
        const auto origin = parse_origin(url);
        ASSERT_TRUE(origin) << url << ": " << origin.error().detail;
        EXPECT_EQ(std::tuple(origin->tls, origin->host, int{origin->port}), std::tuple(tls, std::string(host), port))
            << url;
    }
}

TEST(Origin, everything_else_is_refused) {
    for (const auto* url :
         {"", "api.stripe.com", "ftp://a", "https://", "https://u:p@a.b", "https://u@a.b", "https://a.b/",
          "https://a.b/v1", "https://a.b?x", "https://a.b#x", "https://a.b:0", "https://a.b:65536",
          "https://a.b:", "http://api.stripe.com", "http://10.0.0.1", "http://127.0.0.1.evil.example", "http://0.0.0.0",
          "http://localhost.evil.example", "https://a b"}) {
        EXPECT_FALSE(parse_origin(url)) << url;
    }
}

}  // namespace
}  // namespace florin::http
