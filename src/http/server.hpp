// The HTTP/1.1 server, over TLS 1.3 where files are given: bounded in header, body, time and connections; one coroutine
// per connection on the process's loop. Knows nothing of payments. Handlers get whole requests and give whole
// responses.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/task.hpp"

namespace florin::http {

struct Request {
    std::string method;                                        // as sent, "GET"
    std::string target;                                        // raw: path and query
    std::string path;                                          // before '?', not decoded
    std::string query;                                         // after '?', not decoded, empty when absent
    std::vector<std::pair<std::string, std::string>> headers;  // names lower-case, in order, repeated ones kept apart
    std::string body;
    std::string peer;  // address of the socket's other end, whatever X-Forwarded-For claims
    // For handlers that wait long: whether the client has hung up. Valid while the handler runs; may be empty.
    std::function<bool()> is_gone{};

    // The value of a header that stands exactly once; nullptr when absent. Repeats are seen with count_of.
    const std::string* find_header(std::string_view lower_case_name) const;
    std::size_t count_of(std::string_view lower_case_name) const;
};

struct Response {
    int status = 200;
    std::string body{};
    std::string content_type = "application/json";
    // One of these wins over the server's own of that name (Cache-Control and the security headers, see response.cpp).
    std::vector<std::pair<std::string, std::string>> headers{};
};

using Handler = std::function<Task<Response>(Request)>;
// Makes the response for what the server itself refuses: bad syntax (400), too large (413, 414, 431), timeout (408), an
// expectation (417), too many long bodies at once (503).
using RefusalHandler = std::function<Response(int status, std::string detail)>;

// PEM files: the certificate with its chain, and its private key without a password.
struct TlsFiles {
    std::string certificate, key;
};

// A path whose requests may have longer bodies than the others.
struct LargerBody {
    std::string path;
    std::size_t bytes;
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  // 0 chooses a free one
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 64 * 1024;
    std::vector<LargerBody> larger_bodies{};
    // What all of them together may hold beyond body_bytes each; more are refused. Nobody has said yet who he is.
    std::size_t larger_bodies_bytes = 32 * 1024 * 1024;
    Milliseconds header_timeout{10'000};  // from the first byte (or the connection's begin) to the end of the header
    Milliseconds body_timeout{10'000};
    Milliseconds idle_timeout{60'000};
    Milliseconds write_timeout{10'000};
    // When as many are open, a new one takes the place of the one that has waited longest for its client to send a
    // request; only when all have requests running it is closed at once.
    std::size_t connections = 20'000;
    std::optional<TlsFiles> tls{};
};

struct ServerState;

class Server {
public:
    Server(boost::asio::any_io_executor executor, ServerOptions options, Handler handler, RefusalHandler refusal);
    ~Server();
    // Reads the TLS files, binds and begins to accept. Throws one line: std::system_error that names the address when
    // the port is in use, std::runtime_error that names the file when TLS cannot be spoken with it.
    void start();
    // Reads the TLS files again, for connections to come. On a refusal the old ones stay in use.
    Checked<void> reload_tls();
    std::uint16_t port() const;
    // Stops accepting, closes idle connections, lets running requests finish (with Connection: close) up to the
    // deadline.
    Task<void> drain(Deadline deadline);

private:
    std::shared_ptr<ServerState> state_;
};

}  // namespace florin::http
