// Keep-alive connections to the receiver of webhooks, on the server's loop: one request at a time on each, so that two
// sent together arrive together. Plain HTTP to an IPv4 address: it stands beside what it tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/http_server.hpp"

namespace florin::simulator {

struct Address {
    std::string host{};  // dotted
    std::uint16_t port = 80;
    std::string path{};
};
// http://127.0.0.1:8080/path, also with localhost. Nothing for anything else.
std::optional<Address> read_address(std::string_view url);

class WebhookPool {
public:
    explicit WebhookPool(Server& server) : server_(server) {}

    struct Sending {
        Address to;
        std::string bytes;  // the whole request
        std::int64_t timeout_us;
        std::function<void(int status)> done;  // 0: no answer in time; called from the loop, never by `send`
    };
    void send(Sending sending);
    std::size_t busy() const { return busy_; }

private:
    struct Connection;
    using Shared = std::shared_ptr<Connection>;
    Shared idle_connection(const Address& to);
    Shared connect(const Address& to);
    void on_ready(const Shared& connection, std::uint32_t events);
    void write(const Shared& connection);
    void read(const Shared& connection);
    void finish(const Shared& connection, int status, bool is_reusable);
    void close(const Shared& connection);

    Server& server_;
    std::vector<Shared> idle_;
    std::size_t busy_ = 0;
};

}  // namespace florin::simulator
