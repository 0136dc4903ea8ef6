// The server's descriptors: listening, accepting, closing.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "simulator/http_connection.hpp"
#include "simulator/http_server.hpp"

namespace florin::simulator {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Server::Server(const std::string& address, std::uint16_t port) : address_(address), port_(port) {
    input_.resize(kReadBytes);
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) fail("epoll");
    sigset_t stop{};
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    ::sigprocmask(SIG_BLOCK, &stop, nullptr);
    signals_ = ::signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals_ < 0) fail("signalfd");
    watch({signals_, 0}, EPOLLIN, EPOLL_CTL_ADD);
    listen();
}

Server::~Server() {
    for (auto& connection : connections_) {
        if (connection) ::close(connection->fd);
    }
    if (listener_ >= 0) ::close(listener_);
    ::close(signals_);
    ::close(epoll_);
}

void Server::listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port_);
    const auto where = address_ + ":" + std::to_string(port_);
    if (::inet_pton(AF_INET, address_.c_str(), &name.sin_addr) != 1) {
        throw std::system_error(EINVAL, std::generic_category(), "not an IPv4 address: " + address_);
    }
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) fail("cannot listen on " + where);
    if (::listen(listener_, 4096) != 0) fail("cannot listen on " + where);
    socklen_t length = sizeof name;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &length);
    port_ = ntohs(name.sin_port);
    watch({listener_, 0}, EPOLLIN, EPOLL_CTL_ADD);
}

void Server::stop_listening() {
    if (listener_ >= 0) ::close(listener_);
    listener_ = -1;
}

void Server::watch(Handle handle, std::uint32_t events, int operation) const {
    epoll_event event{};
    event.events = events;
    event.data.u64 = static_cast<std::uint64_t>(handle.serial) << 32 | static_cast<std::uint32_t>(handle.fd);
    if (::epoll_ctl(epoll_, operation, handle.fd, &event) != 0) fail("epoll_ctl");
}

void Server::watch_foreign(int fd, std::uint32_t events, std::function<void(std::uint32_t)> on_ready) {
    const auto slot = static_cast<std::size_t>(fd);
    if (foreign_.size() <= slot) foreign_.resize(slot + 1);
    foreign_[slot] = {next_serial_++, std::make_shared<const std::function<void(std::uint32_t)>>(std::move(on_ready))};
    watch({fd, foreign_[slot].serial}, events, EPOLL_CTL_ADD);
}

void Server::rewatch_foreign(int fd, std::uint32_t events) const {
    watch({fd, foreign_[static_cast<std::size_t>(fd)].serial}, events, EPOLL_CTL_MOD);
}

void Server::unwatch_foreign(int fd) {
    foreign_[static_cast<std::size_t>(fd)] = {};
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

void Server::accept_all() {
    for (;;) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto slot = static_cast<std::size_t>(fd);
        if (connections_.size() <= slot) connections_.resize(slot + 1);
        connections_[slot] = std::make_unique<Connection>(fd, next_serial_++);
        watch({fd, connections_[slot]->serial}, EPOLLIN, EPOLL_CTL_ADD);
    }
}

void Server::close(Connection& connection, bool reset) {
    if (reset) {
        const linger at_once{1, 0};
        ::setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    ::close(connection.fd);
    connections_[static_cast<std::size_t>(connection.fd)].reset();
}

void Server::refuse_connections_for(std::int64_t duration_us) {
    // Not at once: the request that asked for it is still to be answered.
    timers_.at(monotonic_us() + 50'000, [this] {
        stop_listening();
        for (auto& connection : connections_) {
            if (connection) close(*connection, true);
        }
    });
    timers_.at(monotonic_us() + 50'000 + duration_us, [this] {
        if (listener_ < 0) listen();
    });
}

}  // namespace florin::simulator
