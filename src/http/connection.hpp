// One connection of the server, served by one coroutine: request, handler, response, again. It never reads while a
// handler runs, so a client that hangs up does not disturb the handler; its response is then dropped. While it waits
// for a request it holds no buffer.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>

#include "http/request_parser.hpp"
#include "http/server_state.hpp"
#include "http/tls_session.hpp"

namespace florin::http {

// Serves until either side ends the connection. The state outlives the connection.
Task<void> serve_connection(std::shared_ptr<ServerState> server, boost::asio::ip::tcp::socket socket);

class Connection {
public:
    Connection(ServerState& server, boost::asio::ip::tcp::socket socket);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Task<void> run();
    void end_late();     // its phase's time is over: a client that waits for an answer is told
    void end_if_idle();  // the server drains
    void close();        // without a word

private:
    using Wait = boost::asio::ip::tcp::socket::wait_type;

    // Each gives why the conversation ends; status 0 when nobody waits for an answer.
    Task<std::optional<Refused>> shake_hands();
    Task<std::optional<Refused>> receive_header(std::size_t& size);
    Task<std::optional<Refused>> serve_request(std::size_t header_size);
    Task<std::optional<Refused>> read_body(RequestParser& parser);

    Task<Response> handle(Request request);
    Task<bool> send(const Response& response, bool with_body, bool keep_alive);
    Task<bool> send_all(std::string_view head, std::string_view body);
    Task<bool> send_encrypted(std::string bytes);
    Task<bool> fill();
    TlsSession::Step read_some();
    Task<bool> wait_for(Wait what);
    Task<void> end(Refused refused);
    Refused why_reading_stopped() const;
    std::string_view received() const;
    bool has_unread_bytes();
    bool has_hung_up();
    bool is_idle() const;
    Phase phase() const { return place_->phase; }
    void enter(Phase phase);

    ServerState& server_;
    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<TlsSession> tls_;  // null: plain HTTP
    ConnectionTable::Iterator place_;
    boost::beast::flat_buffer buffer_;
    std::string peer_;
    bool late_ = false;  // inside a request that did not arrive in time
};

}  // namespace florin::http
