// For tests: stands between a store and its PostgreSQL and can lose the server's answers: what arrives while it is told
// to is thrown away and the connection closed. A commit is then durable and its answer never heard.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

namespace florin::store::test {

class Proxy {
public:
    // Listens on the socket of `folder` and connects to that of `server`.
    Proxy(boost::asio::any_io_executor executor, const std::string& folder, const std::string& server);
    ~Proxy();

    int lose_answers = 0;  // how many answers are still to be lost: each ends its connection
    int lost = 0;

private:
    struct Sockets;
    std::unique_ptr<Sockets> sockets_;
};

}  // namespace florin::store::test
