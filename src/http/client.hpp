// The HTTP/1.1 client for PSPs: keep-alive, bounded connections, one absolute deadline per call, TLS verified, and it
// never retries by itself: whether a call may be repeated is the caller's decision about money.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/task.hpp"

namespace florin::http {

// http://host[:port] or https://host[:port], nothing behind it. Plain http is for loopback addresses only.
struct Origin {
    bool tls = false;
    std::string host;
    std::uint16_t port = 0;
    bool is_loopback() const;
};
Checked<Origin> parse_origin(std::string_view url);

struct ClientRequest {
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>>
        headers;  // Host, Content-Length and Connection are the client's own
    std::string body;
};

struct ClientAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names lower-case
    std::string body;
    const std::string* find_header(std::string_view lower_case_name) const;
};

struct ClientFailure {
    // True only when it is certain that no byte of this request went to an established connection: name not resolved,
    // connection refused, handshake not finished, no free connection before the deadline, deadline passed before
    // sending.
    bool nothing_sent = false;
    std::string what;  // "connection refused", "timeout after 30000 ms", "answer larger than 1048576 bytes"
};

struct ClientOptions {
    std::size_t connections = 256;
    Milliseconds connect_timeout{5'000};
    Milliseconds idle_timeout{20'000};  // a connection idle for longer is closed, never reused
    std::size_t answer_bytes = 1024 * 1024;
    std::string ca_file{};  // empty: the system's
};

class ConnectionPool;

class Client {
public:
    Client(boost::asio::any_io_executor executor, Origin origin, ClientOptions options);
    ~Client();
    // The deadline is checked immediately before the first byte is sent; a connection with unsent bytes at the deadline
    // is reset, not closed (rule 12 of the write protocol). An idle connection that the peer has closed is not used.
    Task<std::expected<ClientAnswer, ClientFailure>> send(ClientRequest request, Deadline deadline);

private:
    std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace florin::http
