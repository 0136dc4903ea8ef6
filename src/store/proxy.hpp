// For tests: stands between a store and its PostgreSQL and can lose the server's answers: what arrives while it is told
// to is thrown away and the connection closed. A commit is then durable and its answer never heard.
#pragma once

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/task.hpp"

namespace florin::store::test {

class Proxy {
public:
    using Socket = boost::asio::local::stream_protocol::socket;

    Proxy(boost::asio::any_io_executor executor, const std::string& folder, const std::string& server)
        : acceptor_(executor, folder + "/.s.PGSQL.5432"), server_(server + "/.s.PGSQL.5432") {
        boost::asio::co_spawn(executor, serve(*this), boost::asio::detached);
    }
    // Answers to be lost: each ends its connection.
    int lose_answers = 0;
    int lost = 0;

private:
    static Task<void> serve(Proxy& self) {
        for (;;) {
            auto client = std::make_shared<Socket>(co_await self.acceptor_.async_accept(boost::asio::use_awaitable));
            auto server = std::make_shared<Socket>(self.acceptor_.get_executor());
            co_await server->async_connect(self.server_, boost::asio::use_awaitable);
            boost::asio::co_spawn(self.acceptor_.get_executor(), pump(self, client, server, false),
                                  boost::asio::detached);
            boost::asio::co_spawn(self.acceptor_.get_executor(), pump(self, server, client, true),
                                  boost::asio::detached);
        }
    }
    static Task<void> pump(Proxy& self, std::shared_ptr<Socket> from, std::shared_ptr<Socket> to, bool is_answer) {
        try {
            while (co_await forward(self, *from, *to, is_answer)) {
            }
        } catch (const boost::system::system_error&) {
        }
        boost::system::error_code ignored;
        from->close(ignored);
        to->close(ignored);
    }
    static Task<bool> forward(Proxy& self, Socket& from, Socket& to, bool is_answer) {
        std::array<char, 65536> bytes;
        const auto size = co_await from.async_read_some(boost::asio::buffer(bytes), boost::asio::use_awaitable);
        if (is_answer && self.lose_answers > 0) {
            --self.lose_answers;
            ++self.lost;
            co_return false;
        }
        co_await boost::asio::async_write(to, boost::asio::buffer(bytes.data(), size), boost::asio::use_awaitable);
        co_return true;
    }

    boost::asio::local::stream_protocol::acceptor acceptor_;
    boost::asio::local::stream_protocol::endpoint server_;
};

}  // namespace florin::store::test
