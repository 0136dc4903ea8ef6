// Blocking sockets for tests: the other end of a conversation, written byte by byte, so that a test can say exactly
// what crosses the wire. Every read gives up after some seconds, so that a failing test ends.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace florin::http::testing {

class RawSocket {
public:
    explicit RawSocket(int fd);
    static RawSocket connect_to(std::uint16_t port);
    ~RawSocket();
    RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    RawSocket& operator=(RawSocket&&) = delete;

    bool send(std::string_view bytes);
    // Bytes up to and including `mark`; what came so far when the other end closes or is silent for too long.
    std::string read_until(std::string_view mark);
    std::string read_exactly(std::size_t bytes);
    std::string read_to_end();
    // One message: header, then as many bytes as Content-Length says.
    std::string read_message();
    void close();
    void reset();
    void read_little();  // shrinks the receive buffer, for a peer that never reads
    bool was_reset() const { return reset_; }
    int fd() const { return fd_; }

private:
    bool receive();

    int fd_;
    std::string pending_;
    bool reset_ = false;
};

// Accepts connections one after the other on a thread of its own and hands each to `serve` with its number (0, 1, …).
class RawServer {
public:
    using Serve = std::function<void(RawSocket&, int number)>;
    explicit RawServer(Serve serve);
    ~RawServer();
    std::uint16_t port() const { return port_; }

private:
    std::uint16_t port_ = 0;  // written while listener_ is made
    int listener_;
    std::thread thread_;
};

}  // namespace florin::http::testing
