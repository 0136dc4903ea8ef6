#include "http/server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <system_error>
#include <thread>

#include "http/raw_socket.hpp"

namespace florin::http {
namespace {
namespace asio = boost::asio;
using testing::RawSocket;

Response refusal(int status, std::string detail) {
    return {.status = status, .body = std::move(detail)};
}

// What the handler of these tests does stands in the path.
class ServerTest : public ::testing::Test {
protected:
    void serve(ServerOptions options = {}) {
        options.port = 0;
        server_.emplace(
            loop_.get_executor(), options, [this](Request request) { return handle(std::move(request)); }, refusal);
        server_->start();
        thread_ = std::thread([this] { loop_.run(); });
    }

    void TearDown() override {
        asio::post(loop_, [this] { server_.reset(); });
        thread_.join();
    }

    RawSocket connect() { return RawSocket::connect_to(server_->port()); }

    std::string ask(std::string_view request) {
        auto client = connect();
        client.send(request);
        return client.read_message();
    }

    std::future<void> drain(Milliseconds within) {
        return asio::co_spawn(loop_, server_->drain(Deadline::after(within)), asio::use_future);
    }

    void wait_until_running() const {
        while (running_ == 0) std::this_thread::yield();
    }

    std::atomic<int> running_ = 0;
    std::atomic<int> finished_ = 0;
    std::atomic<bool> released_ = false;

private:
    Task<Response> handle(Request request) {
        if (request.path == "/throw") throw std::runtime_error("secret of the house");
        if (request.path == "/large") ++running_;
        if (request.path == "/large") co_return Response{.body = std::string(64 * 1024 * 1024, 'x')};
        if (request.path == "/slow") co_await until_released();
        std::string told = fmt::format("{} {}?{} [{}]", request.method, request.path, request.query, request.body);
        if (const auto* trailer = request.find_header("x-trailer")) told += *trailer;
        co_return Response{.body = std::move(told), .headers = {{"X-Test", "yes"}}};
    }

    Task<void> until_released() {
        ++running_;
        asio::steady_timer timer(loop_);
        while (!released_) {
            timer.expires_after(Milliseconds{1});
            co_await timer.async_wait(asio::use_awaitable);
        }
        ++finished_;
    }

    asio::io_context loop_{1};
    std::optional<Server> server_;
    std::thread thread_;
};

TEST_F(ServerTest, a_request_gets_its_answer_with_length_type_and_no_store) {
    serve();
    const auto answer = ask("GET /a/b?c=d HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << answer;
    for (const auto* line : {"\r\nContent-Length: 15\r\n", "\r\nContent-Type: application/json\r\n",
                             "\r\nCache-Control: no-store\r\n", "\r\nX-Test: yes\r\n"})
        EXPECT_NE(answer.find(line), std::string::npos) << line << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /a/b?c=d []")) << answer;
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

TEST_F(ServerTest, what_two_readers_could_understand_differently_is_refused) {
    serve({.header_bytes = 1024, .body_bytes = 10});
    const std::string host = "Host: h\r\n";
    const std::pair<std::string, int> table[] = {
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"GET http://h/ HTTP/1.1\r\n" + host + "\r\n", 400},
        {"CONNECT h:80 HTTP/1.1\r\n" + host + "\r\n", 400},
        {"OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET /a#b HTTP/1.1\r\n" + host + "\r\n", 400},
        {"GET / HTTP/2.0\r\n" + host + "\r\n", 400},
        {"GET /\r\n\r\n", 400},
        {"GET / HTTP/1.1\n" + host + "\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n" + host + "X: a\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n" + host + std::string("X: \0\r\n\r\n", 8), 400},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", 400},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 2, 2\r\n\r\nab", 400},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 11\r\n\r\n", 413},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nb\r\nabcdefghijk\r\n0\r\n\r\n", 413},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n", 413},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(9000, 'x'), 400},
        {"POST / HTTP/1.1\r\n" + host + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n", 417},
        {"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", 431},
        {"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x'), 431},
    };
    for (const auto& [request, status] : table) {
        const auto answer = ask(request);
        EXPECT_TRUE(answer.starts_with(fmt::format("HTTP/1.1 {} ", status))) << request << "\n->\n" << answer;
        EXPECT_NE(answer.find("Connection: close"), std::string::npos) << request;
    }
}

TEST_F(ServerTest, a_refused_client_that_sends_on_still_reads_its_answer) {
    serve({.body_bytes = 10});
    auto client = connect();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\n");
    client.send(std::string(400'000, 'x'));
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413 "));
    EXPECT_FALSE(client.was_reset());
}

TEST_F(ServerTest, slow_headers_and_bodies_get_408_and_idle_connections_are_closed_silently) {
    const Milliseconds soon{2'000};  // and yet time enough for a stalled client to send what it means to send
    serve({.header_timeout = soon, .body_timeout = soon, .idle_timeout = soon});
    auto slow_header = connect();
    slow_header.send("GET / HTTP/1.1\r\nHo");
    auto slow_body = connect();
    slow_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
    auto silent = connect();
    auto answered = connect();
    answered.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(answered.read_message(), "");
    EXPECT_TRUE(slow_header.read_to_end().starts_with("HTTP/1.1 408 "));
    EXPECT_TRUE(slow_body.read_to_end().starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(silent.read_to_end(), "");
    EXPECT_EQ(answered.read_to_end(), "");
}

TEST_F(ServerTest, a_client_that_never_reads_is_given_up) {
    serve({.write_timeout = Milliseconds{150}});
    auto client = connect();
    client.read_little();
    client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_until_running();
    // Draining ends before its deadline only when the connection has gone.
    const auto begun = std::chrono::steady_clock::now();
    drain(Milliseconds{60'000}).get();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
    EXPECT_LT(client.read_to_end().size(), 64U * 1024 * 1024);
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

TEST_F(ServerTest, draining_finishes_what_runs_closes_what_idles_and_accepts_nothing) {
    serve();
    auto idle = connect();
    idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    idle.read_message();
    auto busy = connect();
    busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_until_running();

    auto drained = drain(Milliseconds{60'000});
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_THROW(connect(), std::runtime_error);
    released_ = true;
    const auto answer = busy.read_to_end();
    EXPECT_NE(answer.find("Connection: close"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("GET /slow? []")) << answer;
    EXPECT_EQ(drained.wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(ServerTest, draining_gives_up_at_its_deadline) {
    serve();
    auto busy = connect();
    busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_until_running();
    EXPECT_EQ(drain(Milliseconds{50}).wait_for(std::chrono::seconds(20)), std::future_status::ready);
    EXPECT_EQ(busy.read_to_end(), "");
    released_ = true;
}

TEST_F(ServerTest, connections_beyond_the_limit_are_closed_at_once) {
    serve({.connections = 1});
    auto first = connect();
    first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    first.read_message();
    EXPECT_EQ(connect().read_to_end(), "");
    first.send("GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(first.read_message().ends_with("GET /again? []"));
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
