#include "bench/link.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace florin::bench {

timespec until(Steady::time_point when) {
    const auto left = std::max(when - Steady::now(), Steady::duration::zero());
    return {.tv_sec = left / std::chrono::seconds(1),
            .tv_nsec = std::chrono::nanoseconds(left % std::chrono::seconds(1)).count()};
}

int connect_to(std::uint16_t port, int epoll, void* tag) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        return -1;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = tag;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    return fd;
}

bool send_all(int fd, std::string_view text) {
    return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

bool parse_answer(const std::string& in, Answer& answer) {
    const auto head = in.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const std::string_view headers(in.data(), head + 2);
    std::from_chars(in.data() + 9, in.data() + 12, answer.status);
    auto at = headers.find("Content-Length: ");
    if (at == std::string_view::npos) at = headers.find("content-length: ");
    std::size_t length = 0;
    if (at != std::string_view::npos)
        std::from_chars(headers.data() + at + 16, headers.data() + headers.size(), length);
    if (in.size() < head + 4 + length) return false;
    answer.body = std::string_view(in).substr(head + 4, length);
    return true;
}

Received receive(int fd, std::string& in) {
    std::array<char, 16 * 1024> buffer;
    const auto size = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return Received::nothing;
    if (size <= 0) return Received::broken;
    in.append(buffer.data(), static_cast<std::size_t>(size));
    return Received::something;
}

}  // namespace florin::bench
