// One connection of the server, served by one coroutine: request, handler, response, again. It never reads while a
// handler runs, so a client that hangs up does not disturb the handler; its response is then dropped.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <list>
#include <memory>
#include <optional>

#include "http/request_parser.hpp"
#include "http/server_state.hpp"

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
    void end_if_late(Moment now);  // called by the sweep
    void end_if_idle();            // called when the server begins to drain
    void close();

private:
    enum class Phase : std::uint8_t { idle, reading, handling, writing, lingering };

    // Each gives why no request came; status 0 when nobody waits for an answer.
    Task<std::optional<Refused>> read_request(RequestParser& parser);
    Task<std::optional<Refused>> read_header(RequestParser& parser);
    Task<std::optional<Refused>> read_body(RequestParser& parser);
    Task<bool> answer(Request request, bool keep_alive);
    Task<bool> write(const Response& response, bool with_body, bool keep_alive);
    Task<bool> fill();
    Task<bool> send_all(std::string_view head, std::string_view body);
    Task<void> refuse(Refused refused);
    Refused why_reading_stopped() const;
    std::string_view received() const;
    bool has_late_bytes();
    void enter(Phase phase, Milliseconds at_most);

    ServerState& server_;
    boost::asio::ip::tcp::socket socket_;
    std::list<Connection*>::iterator place_;
    boost::beast::flat_buffer buffer_;
    std::string peer_;
    Phase phase_ = Phase::idle;
    Moment late_at_ = Moment::max();
    bool late_ = false;
};

}  // namespace florin::http
