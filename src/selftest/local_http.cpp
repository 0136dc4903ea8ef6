#include "selftest/local_http.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace florin::selftest {
namespace {

constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

sockaddr_in address_of(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::string read_all(int fd) {
    std::string in;
    std::array<char, 16 * 1024> buffer;
    for (;;) {
        const auto size = recv(fd, buffer.data(), buffer.size(), 0);
        if (size <= 0) return in;
        in.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

std::string exchange(int fd, std::uint16_t port, const std::string& text) {
    const auto address = address_of(port);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    const bool is_sent = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                         send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    return is_sent ? read_all(fd) : std::string();
}

}  // namespace

LocalAnswer ask(std::uint16_t port, std::string_view method, std::string_view path, std::string_view body) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw std::runtime_error("no more sockets");
    const auto in = exchange(fd, port,
                             fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                                         "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                                         method, path, body.size(), body));
    close(fd);
    const auto head = in.find("\r\n\r\n");
    if (head == std::string::npos) return {};
    LocalAnswer answer{.body = in.substr(head + 4)};
    std::from_chars(in.data() + 9, in.data() + 12, answer.status);
    return answer;
}

std::uint16_t free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = address_of(0);
    socklen_t length = sizeof address;
    const bool is_bound = fd >= 0 && bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                          getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    if (fd >= 0) close(fd);
    if (!is_bound) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

}  // namespace florin::selftest
