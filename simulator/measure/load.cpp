#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "simulator/measure/measure.hpp"
#include "simulator/timers.hpp"

namespace florin::simulator {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr int kEventsPerTurn = 256;

std::int64_t cpu_of(int process) {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
        throw std::runtime_error("the server's CPU time cannot be read");
    }
    return used.tv_sec * 1'000'000 + used.tv_nsec / 1'000;
}

std::string digits(std::int64_t number, std::size_t count) {
    auto text = std::to_string(number);
    return std::string(count - std::min(count, text.size()), '0').append(text);
}

std::string sale(std::int64_t number) {
    const auto uuid = digits(number, 8) + "-0000-7000-8000-" + digits(::getpid(), 12);
    const auto body =
        "amount=1999&currency=usd&payment_method=pm_card_visa&confirm=true&capture_method=automatic&"
        "payment_method_types[]=card&expand[]=latest_charge&metadata[florin_payment]=pay_" +
        uuid + "&metadata[florin_operation]=op_" + uuid + "&metadata[florin_attempt]=1";
    return "POST /v1/payment_intents HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer sk_test_measure\r\n"
           "Stripe-Version: 2026-06-24.dahlia\r\nIdempotency-Key: op_" +
           uuid +
           "-1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

class Driver {
public:
    Driver(std::uint16_t port, const Load& load) : load_(load) {
        epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
        for (std::size_t i = 0; i < load.connections; ++i) connect(port);
    }
    ~Driver() {
        for (const int fd : connections_) ::close(fd);
        ::close(epoll_);
    }
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    void run(std::int64_t duration_us) {
        const auto began = monotonic_us();
        for (std::int64_t now = began; now - began < duration_us; now = monotonic_us()) {
            const auto most = load_.per_second * (now - began) / 1'000'000 + first_;
            while (!idle_.empty() && (load_.per_second == 0 || sent_ < most)) ask();
            receive();
        }
        first_ = sent_;
    }
    LoadResult result{};

private:
    void connect(std::uint16_t port) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) throw std::runtime_error("connect");
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
        connections_.push_back(fd);
        idle_.push_back(fd);
    }

    void ask() {
        const auto request = sale(++sent_);
        const auto length = static_cast<ssize_t>(request.size());
        if (::send(idle_.back(), request.data(), request.size(), MSG_NOSIGNAL) != length) {
            throw std::runtime_error("a request could not be sent");
        }
        idle_.pop_back();
    }

    void receive() {
        std::array<epoll_event, kEventsPerTurn> events{};
        const int count = ::epoll_wait(epoll_, events.data(), kEventsPerTurn, 1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            const auto got = ::recv(fd, input_.data(), input_.size(), 0);
            const bool is_good =
                got > 0 && std::string_view(input_.data(), static_cast<std::size_t>(got)).starts_with("HTTP/1.1 200");
            if (!is_good) throw std::runtime_error("an answer was not 200");
            result.answer_bytes = static_cast<std::size_t>(got);
            ++result.answers;
            idle_.push_back(fd);
        }
    }

    Load load_;
    int epoll_ = -1;
    std::vector<int> connections_;
    std::vector<int> idle_;
    std::array<char, kReadBytes> input_{};
    std::int64_t sent_ = 0;
    std::int64_t first_ = 0;
};

}  // namespace

LoadResult drive(std::uint16_t port, int server, const Load& load) {
    Driver driver(port, load);
    driver.run(500'000);  // so that buffers have their size
    driver.result = {};
    const auto before = cpu_of(server);
    driver.run(load.seconds * 1'000'000);
    driver.result.cpu_us = cpu_of(server) - before;
    return driver.result;
}

}  // namespace florin::simulator
