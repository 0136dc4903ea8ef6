// A lean HTTP/1.1 keep-alive server on one thread and one epoll: requests of one turn of the loop are handled together,
// their truth is flushed once, and only then do their answers leave. It shares the cores with what it measures, so it
// costs little and is good for nothing but the simulator.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/http_message.hpp"
#include "simulator/timers.hpp"

namespace florin::simulator {

// What answers. Answers made while `is_dirty` leave only after `flush`.
class Service {
public:
    virtual ~Service() = default;
    virtual void handle(const Request& request, Answer& answer) = 0;
    virtual bool is_dirty() const = 0;
    virtual void flush() = 0;
};

class Server {
public:
    // Throws std::system_error that names the address when it cannot be bound. Port 0 chooses a free one.
    Server(const std::string& address, std::uint16_t port);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const { return port_; }
    Timers& timers() { return timers_; }
    // Serves until SIGTERM or SIGINT.
    void run(Service& service);
    // Nobody listens for that long and open connections are reset: new ones are refused by the kernel.
    void refuse_connections_for(std::int64_t duration_us);

    // Descriptors of others on the same loop. `on_ready` may unwatch its own.
    void watch_foreign(int fd, std::uint32_t events, std::function<void(std::uint32_t events)> on_ready);
    void rewatch_foreign(int fd, std::uint32_t events) const;
    void unwatch_foreign(int fd);

private:
    struct Foreign {
        std::uint32_t serial = 0;
        std::shared_ptr<const std::function<void(std::uint32_t)>> on_ready{};
    };
    struct Connection;
    // Names a connection for timers, which may find it gone and its descriptor reused.
    struct Handle {
        int fd;
        std::uint32_t serial;
    };
    static Handle unpack(std::uint64_t data) {
        return {static_cast<int>(data & 0xffffffffU), static_cast<std::uint32_t>(data >> 32)};
    }
    static constexpr std::size_t kReadBytes = 64 * 1024;

    void listen();
    void watch(Handle handle, std::uint32_t events, int operation) const;
    void accept_all();
    void on_event(Handle of, std::uint32_t events);
    void turn(int wait_ms);
    void stop_listening();
    void read_from(Connection& connection);
    void serve_buffered(Connection& connection);
    void serve(Connection& connection, const Request& request);
    void serve_later(Connection& connection);
    void refuse_syntax(Connection& connection, int status);
    void hold(Connection& connection);
    std::string take_spare();
    void count_activity(Connection& connection);
    std::size_t active() const { return std::max(active_now_, active_before_); }
    bool is_flush_due(std::int64_t now_us) const;
    void flush_and_send();
    void send_held();
    void send_to(Connection& connection);
    void finish(Connection& connection);
    void drip(Handle to);
    void close(Connection& connection, bool reset);
    Connection* find(Handle handle) const;
    int wait_ms(std::int64_t now_us) const;

    std::string address_;
    std::uint16_t port_;
    int epoll_ = -1, listener_ = -1, signals_ = -1;
    Service* service_ = nullptr;
    Timers timers_;
    std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
    std::vector<Foreign> foreign_;                          // by descriptor
    std::vector<Handle> held_;                              // answers that wait for the flush
    std::vector<std::string> spare_;                        // buffers of answers that have left: the last is warm
    std::string input_;                                     // shared by all reads
    Answer answer_;
    std::uint32_t next_serial_ = 1;
    std::int64_t turn_us_ = 0;
    std::int64_t dirty_since_us_ = 0;
    // Connections that asked something in this and in the last period of 20 ms: how many answers a flush can hope for.
    std::size_t active_now_ = 0, active_before_ = 0;
    std::uint64_t period_ = 0;
    bool stopping_ = false;
};

}  // namespace florin::simulator
