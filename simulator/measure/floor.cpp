#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "simulator/measure/measure.hpp"

namespace florin::simulator {
namespace {

constexpr int kEventsPerTurn = 512;
constexpr std::size_t kReadBytes = 64 * 1024;

void check(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

int listen_anywhere() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check(listener, "socket");
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(::bind(listener, reinterpret_cast<sockaddr*>(&name), sizeof name), "bind");
    check(::listen(listener, 4096), "listen");
    socklen_t length = sizeof name;
    check(::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &length), "getsockname");
    std::printf("floor listens on http://127.0.0.1:%d\n", ntohs(name.sin_port));
    std::fflush(stdout);
    return listener;
}

void watch(int epoll, int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    check(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

// The head is as long as the simulator's is.
std::string answer_of(std::size_t bytes) {
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: ";
    std::size_t body = bytes - answer.size() - 4;
    body -= std::to_string(body).size();
    answer.append(std::to_string(body)).append("\r\n\r\n");
    return answer.append(body, 'x');
}

void accept_all(int epoll, int listener) {
    for (;;) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, fd);
    }
}

}  // namespace

void run_floor(std::size_t answer_bytes) {
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    check(epoll, "epoll");
    const int listener = listen_anywhere();
    watch(epoll, listener);
    const auto answer = answer_of(answer_bytes);
    std::array<char, kReadBytes> input{};
    std::array<epoll_event, kEventsPerTurn> events{};
    for (;;) {
        const int count = ::epoll_wait(epoll, events.data(), kEventsPerTurn, -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (fd == listener) {
                accept_all(epoll, listener);
            } else if (::recv(fd, input.data(), input.size(), 0) <= 0 ||
                       ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) {
                ::close(fd);
            }
        }
    }
}

}  // namespace florin::simulator
