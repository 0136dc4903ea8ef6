// A blocking TLS client for tests, OpenSSL's own, with what it offers said by the test.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>
#include <memory>
#include <string>
#include <string_view>

#include "http/raw_socket.hpp"

namespace florin::http::testing {

struct Offer {
    int least_version = TLS1_3_VERSION;
    int best_version = TLS1_3_VERSION;
    const char* suites = nullptr;  // of TLS 1.3
    std::string protocols{};       // ALPN, each behind its length
    const char* name = nullptr;    // SNI
};

// A client that trusts everybody: what is tested is the server.
class TlsClient {
public:
    TlsClient(RawSocket socket, const Offer& offer) : socket_(std::move(socket)) {
        std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), offer.least_version);
        SSL_CTX_set_max_proto_version(context_.get(), offer.best_version);
        if (offer.suites) SSL_CTX_set_ciphersuites(context_.get(), offer.suites);
        session_.reset(SSL_new(context_.get()));
        if (!offer.protocols.empty())
            SSL_set_alpn_protos(session_.get(), reinterpret_cast<const unsigned char*>(offer.protocols.data()),
                                static_cast<unsigned>(offer.protocols.size()));
        if (offer.name) SSL_set_tlsext_host_name(session_.get(), offer.name);
        SSL_set_fd(session_.get(), socket_.fd());
        ERR_clear_error();
        is_connected_ = SSL_connect(session_.get()) == 1;
        if (!is_connected_) why_ = ERR_reason_error_string(ERR_peek_error());
    }

    bool is_connected() const { return is_connected_; }
    const std::string& why() const { return why_; }
    SSL* session() { return session_.get(); }
    RawSocket& socket() { return socket_; }

    void send(std::string_view bytes) { SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())); }

    std::string read_until(std::string_view mark) {
        std::string got;
        char buffer[16 * 1024];
        for (int size = 1; size > 0 && !got.ends_with(mark);) {
            size = SSL_read(session_.get(), buffer, sizeof buffer);
            if (size > 0) got.append(buffer, static_cast<std::size_t>(size));
        }
        return got;
    }
    // With close_notify, and not cut off by a stranger.
    bool was_ended_cleanly() { return (SSL_get_shutdown(session_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

    std::string ask(std::string_view request, std::string_view end) {
        send(request);
        return read_until(end);
    }

    std::string subject() {
        const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(session_.get()), X509_free);
        char name[64] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name, sizeof name);
        return name;
    }

private:
    RawSocket socket_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> session_{nullptr, SSL_free};
    bool is_connected_ = false;
    std::string why_;
};

}  // namespace florin::http::testing
