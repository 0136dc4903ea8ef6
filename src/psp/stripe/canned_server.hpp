// For tests: a server on a thread of its own that answers each request with the next of its texts, byte for byte, and
// closes the connection. An empty text closes without an answer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace florin::psp::stripe::fixture {

class CannedServer {
public:
    static constexpr std::string_view kHang = "(silence until the client closes)";

    explicit CannedServer(std::vector<std::string> answers);
    ~CannedServer();
    std::uint16_t port() const { return port_; }
    // Head and body of each request, as they came; a connection without any is none.
    std::vector<std::string> requests() const;

private:
    void serve();
    void converse(boost::asio::ip::tcp::socket socket, const std::string& answer);

    std::vector<std::string> answers_;
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

std::string canned(int status, const std::string& body);

}  // namespace florin::psp::stripe::fixture
