// The server's end of one TLS connection on a socket that does not block: OpenSSL's steps, without waiting. Whoever
// calls waits as the step says and calls it again. Own BIO buffers or Asio's stream would cost each idle connection 70
// KB.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/server_tls.hpp"

struct ssl_st;

namespace florin::http {

class TlsSession {
public:
    enum class Step : std::uint8_t { done, wants_read, wants_write, ended, plain_http };

    // The socket outlives the session and stays the caller's. Needs SIGPIPE ignored.
    TlsSession(const ServerTls& tls, int socket);

    Step shake_hands();  // plain_http: the client speaks HTTP without TLS
    Step read(char* into, std::size_t at_most, std::size_t& got);
    Step write(std::string_view bytes, std::size_t& sent);
    void tell_end();  // close_notify, if the socket takes it: an end without it may be a stranger's

private:
    Step step_of(int result) const;

    std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;
};

}  // namespace florin::http
