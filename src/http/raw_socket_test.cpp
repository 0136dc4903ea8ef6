// The implementation of raw_socket.hpp: it is linked into the test program only.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "http/raw_socket.hpp"

namespace florin::http::testing {
namespace {
constexpr int kPatienceSeconds = 30;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listen_on_free_port(std::uint16_t& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 64) != 0)
        throw std::runtime_error("cannot listen");
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    return fd;
}

std::size_t content_length(std::string_view header) {
    const std::string_view name = "Content-Length: ";
    const auto at = header.find(name);
    return at == std::string_view::npos ? 0 : std::strtoul(header.data() + at + name.size(), nullptr, 10);
}
}  // namespace

RawSocket::RawSocket(int fd) : fd_(fd) {
    const timeval patience{kPatienceSeconds, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

RawSocket RawSocket::connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        throw std::runtime_error("cannot connect");
    }
    return RawSocket(fd);
}

RawSocket::~RawSocket() {
    close();
}

bool RawSocket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawSocket::receive() {
    char buffer[16 * 1024];
    ssize_t got = 0;
    do got = ::recv(fd_, buffer, sizeof buffer, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == ECONNRESET) reset_ = true;
    if (got > 0) pending_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
}

std::string RawSocket::read_until(std::string_view mark) {
    while (pending_.find(mark) == std::string::npos)
        if (!receive()) return std::exchange(pending_, {});
    return read_exactly(pending_.find(mark) + mark.size());
}

std::string RawSocket::read_exactly(std::size_t bytes) {
    while (pending_.size() < bytes)
        if (!receive()) return std::exchange(pending_, {});
    auto taken = pending_.substr(0, bytes);
    pending_.erase(0, bytes);
    return taken;
}

std::string RawSocket::read_to_end() {
    while (receive()) {
    }
    return std::exchange(pending_, {});
}

std::string RawSocket::read_message() {
    auto message = read_until("\r\n\r\n");
    return message + read_exactly(content_length(message));
}

void RawSocket::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void RawSocket::reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

void RawSocket::read_little() {
    const int bytes = 4096;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

RawServer::RawServer(Serve serve) : listener_(listen_on_free_port(port_)) {
    thread_ = std::thread([fd = listener_, serve = std::move(serve)] {
        for (int number = 0;; ++number) {
            const int accepted = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC);
            if (accepted < 0) return;
            RawSocket peer(accepted);
            serve(peer, number);
        }
    });
}

RawServer::~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

}  // namespace florin::http::testing
