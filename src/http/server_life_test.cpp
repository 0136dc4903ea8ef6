// How long a server's connections live: slow and silent clients, room for new ones, draining.
#include <future>
#include <vector>

#include "http/server_fixture.hpp"

namespace florin::http {
namespace {
using testing::RawSocket;
using testing::ServerTest;

constexpr auto kRequest = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

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

TEST_F(ServerTest, k_06_draining_serves_whom_the_kernel_has_accepted) {
    serve();
    std::promise<void> asked;
    std::atomic<bool> stands_still = false;
    auto loop = std::async(std::launch::async, [&] {
        on_loop([&] {
            stands_still = true;
            asked.get_future().wait();
        });
    });
    while (!stands_still) std::this_thread::yield();
    std::vector<RawSocket> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(connect());
        clients.back().send(kRequest);
    }
    auto drained = drain(Milliseconds{60'000});
    asked.set_value();
    for (auto& client : clients) EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(drained.wait_for(std::chrono::seconds(20)), std::future_status::ready);
    loop.get();
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

// The table of the server is full; what has waited longest for its client to send makes room.
TEST_F(ServerTest, a_new_connection_takes_the_place_of_the_one_that_waits_longest) {
    serve({.connections = 3});
    auto oldest = connect();
    oldest.send(kRequest);
    EXPECT_NE(oldest.read_message(), "");
    auto used = connect();
    used.send(kRequest);
    EXPECT_NE(used.read_message(), "");
    auto silent = connect();
    oldest.send(kRequest);
    EXPECT_NE(oldest.read_message(), "");

    auto first_new = connect();
    first_new.send(kRequest);
    EXPECT_NE(first_new.read_message(), "");
    EXPECT_EQ(used.read_to_end(), "");
    auto second_new = connect();
    second_new.send(kRequest);
    EXPECT_NE(second_new.read_message(), "");
    EXPECT_EQ(silent.read_to_end(), "");
    oldest.send(kRequest);
    EXPECT_NE(oldest.read_message(), "");
}

TEST_F(ServerTest, who_begins_requests_and_ends_none_locks_nobody_out) {
    serve({.body_bytes = 1000, .header_timeout = Milliseconds{600'000}, .connections = 50});
    std::vector<RawSocket> slow;
    for (int i = 0; i < 100; ++i) {
        slow.push_back(connect());
        slow.back().send(i % 2 == 0 ? "GET / HT" : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
        if (i % 10 == 0) EXPECT_TRUE(ask(kRequest).starts_with("HTTP/1.1 200 ")) << i;
    }
}

TEST_F(ServerTest, a_running_request_makes_no_room) {
    serve({.connections = 1});
    auto busy = connect();
    busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_until_running();
    EXPECT_EQ(connect().read_to_end(), "");
    released_ = true;
    EXPECT_TRUE(busy.read_message().ends_with("GET /slow? []"));
}

TEST_F(ServerTest, hundreds_of_slow_and_a_thousand_idle_clients_disturb_nobody) {
    serve({.header_timeout = Milliseconds{3'000}, .body_timeout = Milliseconds{3'000}});
    std::vector<RawSocket> idle, slow;
    for (int i = 0; i < 1'000; ++i) idle.push_back(connect());
    for (int i = 0; i < 500; ++i) {
        slow.push_back(connect());
        slow.back().send(i % 2 == 0 ? "G" : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500\r\n\r\n");
    }
    auto good = connect();
    for (int i = 0; i < 200; ++i) {
        good.send(kRequest);
        ASSERT_TRUE(good.read_message().starts_with("HTTP/1.1 200 "));
        slow[static_cast<std::size_t>(i)].send("x");
    }
    for (auto& client : slow) EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 408 "));
    for (auto& client : idle) EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(handled_, 200);
    good.send(kRequest);
    EXPECT_TRUE(good.read_message().starts_with("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace florin::http
