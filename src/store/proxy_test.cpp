#include "store/proxy.hpp"

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include "base/task.hpp"

namespace florin::store::test {
namespace {

namespace asio = boost::asio;
using Unix = asio::local::stream_protocol;
using SocketPtr = std::shared_ptr<Unix::socket>;

// False when the answer was lost.
Task<bool> forward(Proxy& proxy, Unix::socket& from, Unix::socket& to, bool is_answer) {
    std::array<char, 65536> bytes;
    const auto size = co_await from.async_read_some(asio::buffer(bytes), asio::use_awaitable);
    if (is_answer && proxy.lose_answers > 0) {
        --proxy.lose_answers;
        ++proxy.lost;
        co_return false;
    }
    co_await asio::async_write(to, asio::buffer(bytes.data(), size), asio::use_awaitable);
    co_return true;
}

Task<void> pump(Proxy& proxy, SocketPtr from, SocketPtr to, bool is_answer) {
    try {
        while (co_await forward(proxy, *from, *to, is_answer)) {
        }
    } catch (const boost::system::system_error&) {
    }
    boost::system::error_code ignored;
    from->close(ignored);
    to->close(ignored);
}

Task<void> serve(Proxy& proxy, Unix::acceptor& acceptor, Unix::endpoint server) {
    const auto executor = acceptor.get_executor();
    for (;;) {
        auto near = std::make_shared<Unix::socket>(co_await acceptor.async_accept(asio::use_awaitable));
        auto far = std::make_shared<Unix::socket>(executor);
        co_await far->async_connect(server, asio::use_awaitable);
        spawn(executor, pump(proxy, near, far, false));
        spawn(executor, pump(proxy, far, near, true));
    }
}

}  // namespace

struct Proxy::Sockets {
    Unix::acceptor acceptor;
};

Proxy::Proxy(asio::any_io_executor executor, const std::string& folder, const std::string& server)
    : sockets_(new Sockets{Unix::acceptor(executor, folder + "/.s.PGSQL.5432")}) {
    spawn(executor, serve(*this, sockets_->acceptor, server + "/.s.PGSQL.5432"));
}

Proxy::~Proxy() = default;

}  // namespace florin::store::test
