#include "simulator/webhook_pool.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace florin::simulator {
namespace {

constexpr std::size_t kMostAnswerBytes = 64 * 1024;

bool is_same(char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
}

// Of the head of an answer; empty when it is not there.
std::string_view header_value(std::string_view head, std::string_view name) {
    while (!head.empty()) {
        const auto end = head.find("\r\n");
        const auto line = head.substr(0, end);
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
        const auto colon = line.find(':');
        if (colon != name.size() || !std::ranges::equal(line.substr(0, colon), name, is_same)) continue;
        auto value = line.substr(colon + 1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        return value;
    }
    return {};
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

struct Reply {
    int status = 0;
    bool keeps_alive = false;
};

// The whole answer of `bytes`, or nothing yet. Without a length it lasts until the connection's end, which is not
// waited for.
std::optional<Reply> read_reply(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto head = bytes.substr(0, end);
    Reply reply;
    if (head.size() < 12 || !read_number(head.substr(9, 3), reply.status)) return Reply{};
    const auto length = header_value(head, "Content-Length");
    std::size_t body = 0;
    if (!length.empty() && !read_number(length, body)) return Reply{};
    if (bytes.size() < end + 4 + body) return std::nullopt;
    const bool has_length = !length.empty() || reply.status == 204;
    reply.keeps_alive = has_length && bytes.size() == end + 4 + body && header_value(head, "Connection") != "close";
    return reply;
}

}  // namespace

std::optional<Address> read_address(std::string_view url) {
    constexpr std::string_view kScheme = "http://";
    if (!url.starts_with(kScheme)) return std::nullopt;
    url.remove_prefix(kScheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    const auto place = url.substr(0, slash);
    const auto colon = std::min(place.find(':'), place.size());
    Address address{.host = std::string(place.substr(0, colon)), .path = std::string(url.substr(slash))};
    if (address.host == "localhost") address.host = "127.0.0.1";
    if (address.path.empty()) address.path = "/";
    in_addr ignored{};
    if (::inet_pton(AF_INET, address.host.c_str(), &ignored) != 1) return std::nullopt;
    if (colon < place.size() && !read_number(place.substr(colon + 1), address.port)) return std::nullopt;
    if (address.path.find_first_of(" \t\r\n") != std::string::npos) return std::nullopt;
    return address;
}

struct WebhookPool::Connection {
    int fd = -1;
    Address to{};
    std::string out{};
    std::size_t sent = 0;
    std::string in{};
    std::function<void(int)> done{};  // empty while idle
    std::uint64_t use = 0;            // which of its requests is on the way, for time limits
};

WebhookPool::Shared WebhookPool::connect(const Address& to) {
    auto connection = std::make_shared<Connection>();
    connection->to = to;
    connection->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(to.port);
    ::inet_pton(AF_INET, to.host.c_str(), &name.sin_addr);
    // A refusal shows as an event on the descriptor, as everything else does.
    ::connect(connection->fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
    server_.watch_foreign(connection->fd, EPOLLOUT,
                          [this, connection](std::uint32_t events) { on_ready(connection, events); });
    return connection;
}

WebhookPool::Shared WebhookPool::idle_connection(const Address& to) {
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->to.host == to.host && connection->to.port == to.port) {
            server_.rewatch_foreign(connection->fd, EPOLLOUT);
            return connection;
        }
        close(connection);
    }
    return connect(to);
}

void WebhookPool::send(Sending sending) {
    ++busy_;
    const auto connection = idle_connection(sending.to);
    connection->out = std::move(sending.bytes);
    connection->sent = 0;
    connection->in.clear();
    connection->done = std::move(sending.done);
    const auto use = ++connection->use;
    std::weak_ptr<Connection> there = connection;
    server_.timers().at(monotonic_us() + sending.timeout_us, [this, there, use] {
        const auto late = there.lock();
        if (late && late->done && late->use == use) finish(late, 0, false);
    });
}

void WebhookPool::on_ready(const Shared& connection, std::uint32_t events) {
    if (!connection->done) {  // idle: the receiver has closed it
        std::erase(idle_, connection);
        return close(connection);
    }
    if ((events & EPOLLERR) != 0) return finish(connection, 0, false);
    if ((events & EPOLLOUT) != 0) return write(connection);
    read(connection);
}

void WebhookPool::write(const Shared& connection) {
    auto& c = *connection;
    const ssize_t sent = ::send(c.fd, c.out.data() + c.sent, c.out.size() - c.sent, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (sent < 0) return finish(connection, 0, false);
    c.sent += static_cast<std::size_t>(sent);
    if (c.sent == c.out.size()) server_.rewatch_foreign(c.fd, EPOLLIN);
}

void WebhookPool::read(const Shared& connection) {
    char bytes[8 * 1024];
    const ssize_t got = ::recv(connection->fd, bytes, sizeof bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return finish(connection, 0, false);
    connection->in.append(bytes, static_cast<std::size_t>(got));
    const auto reply = read_reply(connection->in);
    if (reply) return finish(connection, reply->status, reply->keeps_alive);
    if (connection->in.size() > kMostAnswerBytes) finish(connection, 0, false);
}

void WebhookPool::finish(const Shared& connection, int status, bool is_reusable) {
    --busy_;
    const auto done = std::move(connection->done);
    connection->done = nullptr;
    if (is_reusable) {
        server_.rewatch_foreign(connection->fd, EPOLLIN);
        idle_.push_back(connection);
    } else {
        close(connection);
    }
    done(status);
}

void WebhookPool::close(const Shared& connection) {
    server_.unwatch_foreign(connection->fd);
    ::close(connection->fd);
    connection->fd = -1;
}

}  // namespace florin::simulator
