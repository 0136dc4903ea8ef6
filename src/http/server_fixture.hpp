// What the tests of the server share: a server on a thread of its own, whose handler does what the path says.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/timer.hpp"
#include "http/raw_socket.hpp"
#include "http/server.hpp"

namespace florin::http::testing {

inline Response refusal(int status, std::string detail) {
    return {.status = status, .body = std::move(detail)};
}

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
        if (!thread_.joinable()) return;
        boost::asio::post(loop_, [this] { server_.reset(); });
        thread_.join();
    }

    RawSocket connect() { return RawSocket::connect_to(server_->port()); }

    std::string ask(std::string_view request) {
        auto client = connect();
        client.send(request);
        return client.read_message();
    }

    std::future<void> drain(Milliseconds within) {
        return boost::asio::co_spawn(loop_, server_->drain(Deadline::after(within)), boost::asio::use_future);
    }

    template <class Act>
    auto on_loop(Act act) {
        return boost::asio::post(loop_, boost::asio::use_future(std::move(act))).get();
    }

    void wait_until_running(int count = 1) const {
        while (running_ < count) std::this_thread::yield();
    }

    std::atomic<int> running_ = 0;
    std::atomic<int> finished_ = 0;
    std::atomic<int> handled_ = 0;
    std::atomic<bool> released_ = false;
    std::optional<Server> server_;

private:
    Task<Response> handle(Request request) {
        ++handled_;
        if (request.path == "/throw") throw std::runtime_error("secret of the house");
        if (request.path == "/large") ++running_;
        if (request.path == "/large") co_return Response{.body = std::string(64 * 1024 * 1024, 'x')};
        if (request.path == "/slow") co_await until_released();
        if (request.path == "/peer") co_return Response{.body = request.peer};
        std::string told = fmt::format("{} {}?{} [{}]", request.method, request.path, request.query, request.body);
        if (const auto* trailer = request.find_header("x-trailer")) told += *trailer;
        Response response{.body = std::move(told), .headers = {{"X-Test", "yes"}}};
        if (request.path == "/own") response.headers.emplace_back("cache-control", "max-age=60");
        co_return response;
    }

    Task<void> until_released() {
        ++running_;
        Timer timer(loop_);
        while (!released_) {
            timer.expires_after(Milliseconds{1});
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        ++finished_;
    }

    boost::asio::io_context loop_{1};
    std::thread thread_;
};

}  // namespace florin::http::testing
