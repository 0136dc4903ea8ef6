// What a server's connections share. Everything here runs on the one loop.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "base/timer.hpp"
#include "http/connection_table.hpp"
#include "http/request_parser.hpp"
#include "http/server_tls.hpp"

namespace florin::http {

struct ServerState {
    ServerState(boost::asio::any_io_executor executor, ServerOptions chosen, Handler handles, RefusalHandler refuses);

    boost::asio::any_io_executor executor;
    ServerOptions options;
    Handler handler;
    RefusalHandler refusal;
    ServerTls tls;  // null: plain HTTP
    boost::asio::ip::tcp::acceptor acceptor;
    Timer sweep;  // one timer for all connections: a timer each costs a heap move per request
    Timer connection_gone;
    ConnectionTable connections;
    BodyBudget larger_bodies;
    std::uint16_t port = 0;
    bool draining = false;
    bool is_over = false;  // the Server is gone: a cancelled timer alone would not tell who was about to wait again
};

}  // namespace florin::http
