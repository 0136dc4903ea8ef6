// The client against a TLS server with a certificate made for this test.
#include "http/tls.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>

#include "http/certificate_fixture.hpp"
#include "http/client.hpp"
#include "http/raw_socket.hpp"

namespace florin::http {
namespace {
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using testing::Certificate;
using testing::RawServer;
using testing::RawSocket;

// Answers every request of every connection with the version of TLS and the name that the client asked for.
void serve_tls(RawSocket& peer, const Certificate& certificate, int max_version) {
    ssl::context context(ssl::context::tls_server);
    SSL_CTX_set_max_proto_version(context.native_handle(), max_version);
    SSL_CTX_set_security_level(context.native_handle(), 0);  // TLS 1.1 needs it
    context.use_certificate_file(certificate.certificate_file, ssl::context::pem);
    context.use_private_key_file(certificate.key_file, ssl::context::pem);
    const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.native_handle()), SSL_free);
    SSL_set_fd(session.get(), peer.fd());
    if (SSL_accept(session.get()) != 1) return;
    char buffer[4096];
    while (SSL_read(session.get(), buffer, sizeof buffer) > 0) {
        const char* name = SSL_get_servername(session.get(), TLSEXT_NAMETYPE_host_name);
        const std::string body = std::string(SSL_get_version(session.get())) + " " + (name ? name : "-");
        const auto answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
    }
}

class TlsTest : public ::testing::Test {
protected:
    // Two requests on one client, so that the second finds the connection of the first.
    std::expected<ClientAnswer, ClientFailure> ask(const std::string& host, std::string ca_file,
                                                   int max_version = TLS1_3_VERSION) {
        RawServer server([&](RawSocket& peer, int) { serve_tls(peer, certificate_, max_version); });
        asio::io_context loop{1};
        Client client(loop.get_executor(), Origin{true, host, server.port()}, {.ca_file = std::move(ca_file)});
        auto answer = send(loop, client);
        return answer ? send(loop, client) : answer;
    }

    static std::expected<ClientAnswer, ClientFailure> send(asio::io_context& loop, Client& client) {
        auto answer = asio::co_spawn(loop, client.send({"GET", "/", {}, {}}, Deadline::after(Milliseconds{20'000})),
                                     asio::use_future);
        loop.restart();
        while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop.run_one();
        return answer.get();
    }

    Certificate certificate_{"DNS:localhost"};
};

TEST_F(TlsTest, a_verified_peer_is_asked_by_name) {
    const auto answer = ask("localhost", certificate_.certificate_file);
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->body, "TLSv1.3 localhost");
}

TEST_F(TlsTest, tls_1_2_is_spoken_too) {
    const auto answer = ask("localhost", certificate_.certificate_file, TLS1_2_VERSION);
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->body, "TLSv1.2 localhost");
}

TEST_F(TlsTest, handshakes_that_cannot_be_trusted_send_nothing) {
    const Certificate other("DNS:localhost");
    const std::tuple<const char*, std::string, int> table[] = {
        {"localhost", other.certificate_file, TLS1_3_VERSION},         // another authority
        {"localhost", "", TLS1_3_VERSION},                             // the system's authorities
        {"127.0.0.1", certificate_.certificate_file, TLS1_3_VERSION},  // another name
        {"localhost", certificate_.certificate_file, TLS1_1_VERSION},  // too old
    };
    for (const auto& [host, ca_file, max_version] : table) {
        const auto answer = ask(host, ca_file, max_version);
        ASSERT_FALSE(answer) << host << ca_file << max_version;
        EXPECT_TRUE(answer.error().nothing_sent);
        EXPECT_NE(answer.error().what.find("TLS handshake with"), std::string::npos) << answer.error().what;
    }
}

TEST_F(TlsTest, plain_text_is_not_spoken_to_a_peer_without_tls) {
    RawServer server([](RawSocket& peer, int) {
        peer.read_exactly(1);
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    asio::io_context loop{1};
    Client client(loop.get_executor(), Origin{true, "localhost", server.port()}, {});
    const auto answer = send(loop, client);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().nothing_sent);
}

}  // namespace
}  // namespace florin::http
