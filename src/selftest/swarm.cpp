#include "selftest/swarm.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>

namespace florin::selftest {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBeforeNextTry{100};  // to connect

struct Parsed {
    int status = 0;
    std::string_view body{};
    bool closes = false;
};

std::string_view header(std::string_view head, std::string_view name) {
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
        const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        const bool is_it = line.size() > name.size() && line[name.size()] == ':' &&
                           std::ranges::equal(line.substr(0, name.size()), name,
                                              [](char a, char b) { return (a | 0x20) == (b | 0x20); });
        if (is_it) return line.substr(std::min(line.size(), name.size() + 2));
    }
    return {};
}

// True when `in` holds a whole answer.
bool parse_answer(std::string_view in, Parsed& parsed) {
    const auto end = in.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    const auto head = in.substr(0, end);
    std::size_t length = 0;
    const auto text = header(head, "content-length");
    std::from_chars(text.data(), text.data() + text.size(), length);
    if (in.size() < end + 4 + length) return false;
    std::from_chars(in.data() + 9, in.data() + 12, parsed.status);
    parsed.body = in.substr(end + 4, length);
    parsed.closes = header(head, "connection") == "close";
    return true;
}

}  // namespace

Swarm::Swarm(SwarmOptions options)
    : options_(std::move(options)), log_(options_.acks), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (options_.ports.empty() || options_.keys.empty() || epoll_ < 0)
        throw std::runtime_error("a swarm needs a gateway");
    for (int i = 0; i < options_.clients; ++i) {
        const auto number = static_cast<std::uint64_t>(i);
        clients_.push_back({.shopper = Shopper(options_.seed, options_.run, number),
                            .number = number,
                            .process = static_cast<std::size_t>(i) % options_.ports.size()});
        ++busy_;
        take_step(clients_.back());
    }
}

Swarm::~Swarm() {
    for (auto& client : clients_) disconnect(client);
    close(epoll_);
}

void Swarm::turn(milliseconds at_most) {
    auto wait = at_most;
    if (!alarms_.empty()) {
        const auto left = std::chrono::ceil<milliseconds>(alarms_.top().at - Clock::now());
        wait = std::clamp(left, milliseconds(0), at_most);
    }
    std::array<epoll_event, 256> events;
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), static_cast<int>(wait.count()));
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        happened(clients_[event.data.u64], event.events);
    }
    ring_alarms();
    log_.flush(busy_ == 0);
}

void Swarm::take_step(Client& client) {
    const bool is_enough = is_leaving_ || (options_.operations > 0 && tally_.operations >= options_.operations);
    if (is_enough && client.shopper.is_between_operations()) {
        disconnect(client);
        client.state = State::gone;
        --busy_;
        return;
    }
    client.step = client.shopper.next(tally_);
    if (client.step.hops) {
        disconnect(client);
        client.process = (client.process + 1) % options_.ports.size();
    }
    set_alarm(client, State::waiting, client.step.wait);
}

void Swarm::set_alarm(Client& client, State state, milliseconds after) {
    client.state = state;
    client.due = Clock::now() + after;
    alarms_.push({client.due, client.number});
}

void Swarm::ring_alarms() {
    const auto now = Clock::now();
    while (!alarms_.empty() && alarms_.top().at <= now) {
        const auto alarm = alarms_.top();
        alarms_.pop();
        Client& client = clients_[alarm.client];
        if (client.state != State::gone && client.due == alarm.at) ring(client);  // else it was set anew
    }
}

void Swarm::ring(Client& client) {
    if (client.state == State::waiting) return begin(client);
    ended(client, 0, {}, false);
}

void Swarm::begin(Client& client) {
    client.out = text_of(client);
    if (client.fd < 0) return connect(client);
    send(client);
}

void Swarm::connect(Client& client) {
    client.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (client.fd < 0) throw std::runtime_error("no more sockets");
    const int one = 1;
    setsockopt(client.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.ports[client.process]);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int result = ::connect(client.fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (result != 0 && errno != EINPROGRESS) {
        disconnect(client);
        return set_alarm(client, State::waiting, kBeforeNextTry);
    }
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.u64 = client.number;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event);
    set_alarm(client, State::connecting, options_.patience);
}

void Swarm::send(Client& client) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = client.number;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, client.fd, &event);
    set_alarm(client, State::sent, options_.patience);
    ++in_flight_;
    const auto written = ::send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
    const bool is_whole = written == static_cast<ssize_t>(client.out.size());
    if (!is_whole || client.step.hangs_up) ended(client, 0, {}, false);
}

void Swarm::happened(Client& client, std::uint32_t events) {
    if (client.fd < 0) return;
    if (client.state == State::sent) return read_from(client);
    if (client.state != State::connecting) return disconnect(client);  // the gateway closed an idle connection
    if ((events & (EPOLLERR | EPOLLHUP)) == 0) return send(client);
    // Nobody listens: it was not sent. Another process may be there.
    disconnect(client);
    client.process = (client.process + 1) % options_.ports.size();
    set_alarm(client, State::waiting, kBeforeNextTry);
}

void Swarm::read_from(Client& client) {
    std::array<char, 16 * 1024> buffer;
    const auto size = recv(client.fd, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return ended(client, 0, {}, false);
    client.in.append(buffer.data(), static_cast<std::size_t>(size));
    Parsed parsed;
    if (parse_answer(client.in, parsed)) ended(client, parsed.status, parsed.body, !parsed.closes);
}

void Swarm::ended(Client& client, int status, std::string_view body, bool stays_open) {
    if (client.state == State::sent) --in_flight_;
    client.state = State::waiting;
    client.shopper.answered(status, body, log_, tally_);
    client.in.clear();
    if (!stays_open) disconnect(client);
    take_step(client);
}

void Swarm::disconnect(Client& client) {
    if (client.fd >= 0) close(client.fd);
    client.fd = -1;
    client.in.clear();
}

std::string Swarm::text_of(const Client& client) const {
    const auto& request = client.shopper.request();
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        request.path, options_.keys[client.number % options_.keys.size()], request.key, request.body.size(),
        request.body);
}

}  // namespace florin::selftest
