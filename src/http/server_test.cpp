#include "http/server.hpp"

#include <system_error>

#include "http/server_fixture.hpp"

namespace florin::http {
namespace {
namespace asio = boost::asio;
using testing::RawSocket;
using testing::refusal;
using testing::ServerTest;

TEST_F(ServerTest, a_request_gets_its_answer_with_length_type_and_no_store) {
    serve();
    const auto answer = ask("GET /a/b?c=d HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
    for (const auto* line : {"\r\nContent-Length: 15\r\n", "\r\nContent-Type: application/json\r\n",
                             "\r\nCache-Control: no-store\r\n", "\r\nX-Test: yes\r\n"})
        EXPECT_NE(answer.find(line), std::string::npos) << line << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /a/b?c=d []")) << answer;
}

TEST_F(ServerTest, every_answer_tells_browsers_to_do_nothing_with_it) {
    serve();
    const std::string requests[] = {"GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /throw HTTP/1.1\r\nHost: h\r\n\r\n",
                                    "HEAD /a HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"};
    for (const auto& request : requests) {
        const auto answer = ask(request);
        for (const auto* line : {"\r\nX-Content-Type-Options: nosniff\r\n", "\r\nCache-Control: no-store\r\n",
                                 "\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
                                 "\r\nReferrer-Policy: no-referrer\r\n"})
            EXPECT_NE(answer.find(line), std::string::npos) << request << line << answer;
        EXPECT_EQ(answer.find("Strict-Transport-Security"), std::string::npos) << answer;
    }
}

TEST_F(ServerTest, a_handlers_own_header_wins_over_the_servers) {
    serve();
    const auto answer = ask("GET /own HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(answer.find("cache-control: max-age=60\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("no-store"), std::string::npos) << answer;
}

TEST_F(ServerTest, the_peer_is_the_sockets_whatever_a_header_claims) {
    serve();
    EXPECT_TRUE(
        ask("GET /peer HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n\r\n")
            .ends_with("\r\n\r\n127.0.0.1"));
}

TEST_F(ServerTest, pipelined_requests_are_answered_one_by_one_in_order) {
    serve();
    auto client = connect();
    client.send(
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabGET /3 "
        "HTTP/1.1\r\n");
    EXPECT_TRUE(client.read_message().ends_with("GET /1? []"));
    EXPECT_TRUE(client.read_message().ends_with("POST /2? [ab]"));
    client.send("Host: h\r\n\r\n");
    EXPECT_TRUE(client.read_message().ends_with("GET /3? []"));
}

TEST_F(ServerTest, what_stands_behind_a_refused_request_is_never_handled) {
    serve({.body_bytes = 100});
    const std::string hidden = "POST /hidden HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    const std::string first[] = {
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"\n\"\r\nx\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
    };
    for (const auto& refused : first) {
        auto client = connect();
        client.send(refused + hidden);
        const auto answer = client.read_to_end();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << refused << answer;
        EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << refused << answer;
        EXPECT_NE(answer.find("Connection: close"), std::string::npos) << answer;
    }
    EXPECT_EQ(handled_, 0);
}

TEST_F(ServerTest, what_follows_a_request_that_closes_is_dropped_and_its_answer_still_read) {
    serve();
    auto client = connect();
    client.send("GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + std::string(100'000, 'x'));
    EXPECT_TRUE(client.read_to_end().ends_with("GET /1? []"));
    EXPECT_FALSE(client.was_reset());
    EXPECT_EQ(handled_, 1);
}

TEST_F(ServerTest, head_gets_the_length_but_no_body) {
    serve();
    auto client = connect();
    client.send("HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const auto answer = client.read_to_end();
    EXPECT_NE(answer.find("Content-Length: 11\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(ServerTest, http_1_0_is_answered_and_closed) {
    serve();
    auto client = connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_NE(client.read_to_end().find("Connection: close"), std::string::npos);
}

TEST_F(ServerTest, a_chunked_body_is_joined_and_its_trailer_dropped) {
    serve();
    const auto answer =
        ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: evil\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("POST /? [abcde]")) << answer;
}

TEST_F(ServerTest, who_expects_100_continue_gets_it_before_the_body) {
    serve();
    auto client = connect();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    EXPECT_TRUE(client.read_message().ends_with("[ok]"));
}

TEST_F(ServerTest, a_refused_client_that_sends_on_still_reads_its_answer) {
    serve({.body_bytes = 10});
    auto client = connect();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\n");
    client.send(std::string(400'000, 'x'));
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413 "));
    EXPECT_FALSE(client.was_reset());
}

TEST_F(ServerTest, long_bodies_beyond_what_all_may_hold_are_refused_until_one_was_answered) {
    serve({.body_bytes = 10, .larger_bodies = {{"/slow", 100}, {"/long", 100}}, .larger_bodies_bytes = 100});
    const auto post = [](std::string_view path, std::size_t bytes) {
        const auto length = fmt::format("Content-Length: {}", bytes);
        return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\n{}\r\n\r\n{}", path, length, std::string(bytes, 'x'));
    };
    auto slow = connect();
    slow.send(post("/slow", 100));
    wait_until_running();
    EXPECT_TRUE(ask(post("/long", 100)).starts_with("HTTP/1.1 503 "));
    EXPECT_TRUE(ask(post("/long", 10)).starts_with("HTTP/1.1 200 "));
    released_ = true;
    EXPECT_TRUE(slow.read_message().starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(ask(post("/long", 100)).starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, a_client_that_hangs_up_does_not_stop_the_handler) {
    serve();
    {
        auto client = connect();
        client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        wait_until_running();
        client.reset();
    }
    released_ = true;
    while (finished_ == 0) std::this_thread::yield();
    EXPECT_TRUE(ask("GET /after HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("GET /after? []"));
}

TEST_F(ServerTest, a_handler_that_throws_answers_500_without_the_reason) {
    serve();
    const auto answer = ask("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
    EXPECT_EQ(answer.find("secret"), std::string::npos);
}

TEST(Server, a_port_in_use_is_an_error_that_names_the_address) {
    asio::io_context loop{1};
    const Handler handler = [](Request) -> Task<Response> { co_return Response{}; };
    Server first(loop.get_executor(), {.port = 0}, handler, refusal);
    first.start();
    Server second(loop.get_executor(), {.port = first.port()}, handler, refusal);
    try {
        second.start();
        FAIL() << "two servers on one port";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find(fmt::format("127.0.0.1:{}", first.port())), std::string::npos)
            << error.what();
    }
}

}  // namespace
}  // namespace florin::http
