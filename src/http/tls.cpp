#include "http/tls.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <new>

namespace florin::http {
namespace ssl = boost::asio::ssl;

ssl::context make_client_tls(const std::string& ca_file) {
    ssl::context context(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    // A resumed session could carry early data, which a stranger can send again (RFC 8446 §8).
    SSL_CTX_set_session_cache_mode(context.native_handle(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    if (ca_file.empty())
        context.set_default_verify_paths();
    else
        context.load_verify_file(ca_file);
    context.set_verify_mode(ssl::verify_peer);
    return context;
}

void expect_host(TlsStream& stream, const std::string& host) {
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(host, not_an_address);
    // RFC 6066 §3: no server name indication for literal addresses.
    if (not_an_address && SSL_set_tlsext_host_name(stream.native_handle(), host.c_str()) != 1) throw std::bad_alloc();
    stream.set_verify_callback(ssl::host_name_verification(host));
}

}  // namespace florin::http
