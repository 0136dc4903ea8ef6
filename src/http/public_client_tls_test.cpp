// O-15 of the catalogue of faults: a receiver that cannot prove its name gets nothing, and no lesser protocol is tried.
#include <boost/asio/ssl/context.hpp>

#include "http/certificate_fixture.hpp"
#include "http/public_client_fixture.hpp"

namespace florin::http {
namespace {
namespace ssl = boost::asio::ssl;
using testing::Certificate;
using testing::kHere;
using testing::RawServer;
using testing::RawSocket;

struct Seen {
    std::atomic<int> connections = 0, requests = 0;
    std::string name;  // that was asked for in the handshake
};

void serve_tls(RawSocket& peer, const Certificate& certificate, Seen& seen) {
    ++seen.connections;
    ssl::context context(ssl::context::tls_server);
    context.use_certificate_chain_file(certificate.certificate_file);
    context.use_private_key_file(certificate.key_file, ssl::context::pem);
    const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.native_handle()), SSL_free);
    SSL_set_fd(session.get(), peer.fd());
    if (SSL_accept(session.get()) != 1) return;
    if (const char* name = SSL_get_servername(session.get(), TLSEXT_NAMETYPE_host_name)) seen.name = name;
    char buffer[4096];
    if (SSL_read(session.get(), buffer, sizeof buffer) <= 0) return;
    ++seen.requests;
    constexpr std::string_view kAnswer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    SSL_write(session.get(), kAnswer.data(), static_cast<int>(kAnswer.size()));
}

class PublicClientTlsTest : public testing::PublicClientTest {
protected:
    Exchanged ask(const std::string& host, const Certificate& certificate, const std::string& trusted, Seen& seen) {
        RawServer server([&](RawSocket& peer, int) { serve_tls(peer, certificate, seen); });
        auto options = here_is_public();
        options.ca_file = trusted;
        use({{kHere}}, std::move(options));
        auto answer = send({true, host, server.port()});
        client_.reset();
        return answer;
    }
};

TEST_F(PublicClientTlsTest, the_name_is_asked_for_and_verified_though_the_connection_goes_to_an_address) {
    const Certificate certificate("DNS:shop.example.com");
    Seen seen;
    const auto answer = ask("shop.example.com", certificate, certificate.certificate_file, seen);
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->status, 204);
    EXPECT_EQ(seen.name, "shop.example.com");
}

TEST_F(PublicClientTlsTest, a_certificate_that_proves_nothing_gets_no_byte_and_no_second_try) {
    const Certificate good("DNS:shop.example.com");
    const Certificate stranger("DNS:shop.example.com");
    const Certificate expired("DNS:shop.example.com", nullptr, -30);
    const Certificate other_name("DNS:other.example.com");
    const Certificate wildcard("DNS:*.com");
    const Certificate address("IP:127.0.0.1");
    const struct {
        const char* why;
        const Certificate& shown;
        std::string trusted;
    } table[] = {
        {"nobody vouches for it", stranger, good.certificate_file},
        {"the system does not", good, ""},
        {"expired", expired, expired.certificate_file},
        {"of another name", other_name, other_name.certificate_file},
        {"of everybody", wildcard, wildcard.certificate_file},
        {"of the address instead of the name", address, address.certificate_file},
    };
    for (const auto& row : table) {
        Seen seen;
        const auto answer = ask("shop.example.com", row.shown, row.trusted, seen);
        ASSERT_FALSE(answer) << row.why;
        EXPECT_TRUE(answer.error().nothing_sent) << row.why;
        EXPECT_TRUE(answer.error().what.starts_with("TLS handshake with shop.example.com failed: "))
            << answer.error().what;
        EXPECT_EQ(seen.requests, 0) << row.why;
        EXPECT_EQ(seen.connections, 1) << row.why;
    }
}

TEST_F(PublicClientTlsTest, who_does_not_speak_tls_gets_no_byte_of_the_request) {
    std::string heard;
    {
        RawServer server([&](RawSocket& peer, int) {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            heard = peer.read_to_end();
        });
        use({{kHere}});
        EXPECT_TRUE(refusal({true, "shop.example.com", server.port()}).starts_with("TLS handshake with"));
        client_.reset();
    }
    EXPECT_FALSE(heard.empty()) << "the first words of a handshake";
    EXPECT_EQ(heard.find("POST"), std::string::npos);
}

}  // namespace
}  // namespace florin::http
