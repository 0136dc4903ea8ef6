#include "http/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

namespace florin::http {

TlsSession::TlsSession(const ServerTls& tls, int socket) : session_(SSL_new(tls.get()), SSL_free) {
    if (!session_ || SSL_set_fd(session_.get(), socket) != 1) throw std::bad_alloc();
}

// OpenSSL's error queue belongs to the thread: what another connection left there would be taken for this one's.
TlsSession::Step TlsSession::shake_hands() {
    ERR_clear_error();
    const int result = SSL_accept(session_.get());
    if (result != 1 && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) return Step::plain_http;
    return step_of(result);
}

TlsSession::Step TlsSession::read(char* into, std::size_t at_most, std::size_t& got) {
    ERR_clear_error();
    return step_of(SSL_read_ex(session_.get(), into, at_most, &got));
}

TlsSession::Step TlsSession::write(std::string_view bytes, std::size_t& sent) {
    ERR_clear_error();
    return step_of(SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &sent));
}

void TlsSession::tell_end() {
    ERR_clear_error();
    SSL_shutdown(session_.get());
}

TlsSession::Step TlsSession::step_of(int result) const {
    if (result == 1) return Step::done;
    switch (SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Step::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return Step::wants_write;
        default:
            return Step::ended;
    }
}

}  // namespace florin::http
