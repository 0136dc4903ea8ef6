#include "http/server_tls.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

namespace florin::http {
namespace {

// Without it OpenSSL would ask for the password of an encrypted key at the terminal.
int no_password(char*, int, int, void*) {
    return -1;
}

// A client that offers only protocols that are not spoken here is told so (RFC 7301 §3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    static constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, size, kProtocols, sizeof kProtocols, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

std::unexpected<Refusal> unusable(const char* what, const std::string& file) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    auto refusal = refuse(Error::invalid_field, fmt::format("{} {}: {}", what, file, reason ? reason : "unreadable"));
    ERR_clear_error();
    return refusal;
}

void allow_only_tls_1_3(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    // An idle connection holds no buffers; a busy one reads what the socket has in one system call.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_read_ahead(context, 1);
}

}  // namespace

Checked<ServerTls> load_server_tls(const TlsFiles& files) {
    ERR_clear_error();
    ServerTls context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) throw std::bad_alloc();
    allow_only_tls_1_3(context.get());
    SSL_CTX_set_default_passwd_cb(context.get(), no_password);
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
        return unusable("the TLS certificate cannot be used:", files.certificate);
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1)
        return unusable("the TLS key cannot be used:", files.key);
    return context;
}

}  // namespace florin::http
