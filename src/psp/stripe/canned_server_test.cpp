#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "psp/stripe/canned_server.hpp"

namespace florin::psp::stripe::fixture {
namespace {

using boost::asio::ip::tcp;

// The whole request; short when the client closed before its end, as one does that only opens a connection.
std::string read_request(tcp::socket& socket) {
    boost::system::error_code error;
    std::string bytes;
    const auto head = boost::asio::read_until(socket, boost::asio::dynamic_buffer(bytes), "\r\n\r\n", error);
    const std::string_view name = "Content-Length: ";
    const auto at = bytes.find(name);
    if (error || at == std::string::npos || at > head) return bytes;
    const auto length = std::stoul(bytes.substr(at + name.size()));
    if (bytes.size() < head + length) {
        boost::asio::read(socket, boost::asio::dynamic_buffer(bytes),
                          boost::asio::transfer_exactly(head + length - bytes.size()), error);
    }
    return bytes;
}

}  // namespace

CannedServer::CannedServer(std::vector<std::string> answers)
    : answers_(std::move(answers)),
      acceptor_(loop_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      thread_([this] { serve(); }) {}

CannedServer::~CannedServer() {
    // A blocking accept ends only by a connection.
    boost::asio::io_context loop;
    tcp::socket knock(loop);
    boost::system::error_code ignored;
    {
        const std::lock_guard lock(mutex_);
        answers_.clear();
    }
    knock.connect({boost::asio::ip::address_v4::loopback(), port_}, ignored);
    thread_.join();
}

std::vector<std::string> CannedServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void CannedServer::serve() {
    for (std::size_t next = 0;;) {
        boost::system::error_code error;
        auto socket = acceptor_.accept(error);
        std::string answer;
        {
            const std::lock_guard lock(mutex_);
            if (error || next >= answers_.size()) return;
            answer = answers_[next++];
        }
        converse(std::move(socket), answer);
    }
}

void CannedServer::converse(tcp::socket socket, const std::string& answer) {
    auto request = read_request(socket);
    if (!request.empty()) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
    }
    boost::system::error_code ignored;
    if (answer == kHang) {
        char byte = 0;
        boost::asio::read(socket, boost::asio::buffer(&byte, 1), ignored);
        return;
    }
    boost::asio::write(socket, boost::asio::buffer(answer), ignored);
}

std::string canned(int status, const std::string& body) {
    return "HTTP/1.1 " + std::to_string(status) +
           " Whatever\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace florin::psp::stripe::fixture
