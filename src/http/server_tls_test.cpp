// the server over TLS, with OpenSSL's own client at the other end.
#include "http/server_tls.hpp"

#include <fstream>

#include "http/certificate_fixture.hpp"
#include "http/server_fixture.hpp"
#include "http/tls_client_fixture.hpp"

namespace florin::http {
namespace {
using testing::Certificate;
using testing::Offer;
using testing::ServerTest;
using testing::TlsClient;

constexpr auto kRequest = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

class ServerTlsTest : public ServerTest {
protected:
    void serve_tls(ServerOptions options = {}) {
        options.tls = {certificate_.certificate_file, certificate_.key_file};
        serve(std::move(options));
    }
    TlsClient open(const Offer& offer = {}) { return TlsClient(connect(), offer); }

    Certificate certificate_{"DNS:localhost"};
};

TEST_F(ServerTlsTest, requests_are_answered_over_tls_1_3_with_strict_transport_security) {
    serve_tls();
    auto client = open({.name = "localhost"});
    ASSERT_TRUE(client.is_connected()) << client.why();
    EXPECT_STREQ(SSL_get_version(client.session()), "TLSv1.3");
    const auto answer = client.ask(kRequest, "GET /a? []");
    EXPECT_NE(answer.find("\r\nStrict-Transport-Security: max-age=31536000\r\n"), std::string::npos) << answer;
    EXPECT_NE(client.ask("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok", "POST /b? [ok]"), "");
    client.send(kRequest);
    client.send("GET /c HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(client.read_until("GET /c? []").find("GET /a? []"), std::string::npos);
}

TEST_F(ServerTlsTest, older_versions_weak_suites_and_other_protocols_are_refused) {
    serve_tls();
    const Offer table[] = {
        {.least_version = TLS1_VERSION, .best_version = TLS1_VERSION},
        {.least_version = TLS1_1_VERSION, .best_version = TLS1_1_VERSION},
        {.least_version = TLS1_2_VERSION, .best_version = TLS1_2_VERSION},
        {.suites = "TLS_AES_128_CCM_8_SHA256"},
        {.suites = "TLS_AES_128_CCM_SHA256"},
        {.protocols = "\x02h2"},
        {.protocols = "\x08http/1.0\x02h2"},
    };
    for (const auto& offer : table) {
        auto client = open(offer);
        EXPECT_FALSE(client.is_connected()) << offer.best_version << offer.protocols;
        EXPECT_NE(client.why().find("alert"), std::string::npos) << client.why();  // told, not cut off
    }
    EXPECT_TRUE(open().is_connected());
    EXPECT_EQ(handled_, 0);
}

TEST_F(ServerTlsTest, alpn_gives_http_1_1_and_neither_it_nor_a_name_is_required) {
    serve_tls();
    auto client = open({.protocols = "\x02h2\x08http/1.1"});
    ASSERT_TRUE(client.is_connected()) << client.why();
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.session(), &protocol, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(protocol), size), "http/1.1");
    EXPECT_NE(open().ask(kRequest, "GET /a? []"), "");
}

TEST_F(ServerTlsTest, there_is_no_resumption_and_so_no_early_data) {
    serve_tls();
    auto client = open();
    client.ask(kRequest, "GET /a? []");
    SSL_SESSION* session = SSL_get0_session(client.session());
    EXPECT_FALSE(SSL_SESSION_is_resumable(session));
    EXPECT_EQ(SSL_SESSION_get_max_early_data(session), 0U);
    EXPECT_EQ(SSL_get_current_compression(client.session()), nullptr);
}

TEST_F(ServerTlsTest, plain_http_gets_one_sentence_and_is_never_handled) {
    serve_tls();
    for (const std::string method : {"GET", "POST", "HEAD"}) {
        auto client = connect();
        client.send(method + " /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        const auto answer = client.read_to_end();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
        EXPECT_NE(answer.find("https://"), std::string::npos) << answer;
        EXPECT_FALSE(client.was_reset());
    }
    EXPECT_EQ(handled_, 0);
}

TEST_F(ServerTlsTest, what_is_no_handshake_is_closed) {
    serve_tls();
    for (const std::string& bytes :
         {std::string("\0\0\0\0\0\0\0\0", 8), std::string("\x16\x03\x01\xff\xff garbage"),
          std::string("DELETE / HTTP/1.1\r\nHost: h\r\n\r\n"), std::string("\x80\x2e\x01")}) {
        auto client = connect();
        client.send(bytes + std::string(20'000, 'x'));
        EXPECT_EQ(client.read_to_end().find("HTTP"), std::string::npos);
    }
    EXPECT_TRUE(open().is_connected());
}

TEST_F(ServerTlsTest, a_handshake_that_takes_too_long_is_closed_and_disturbs_nobody) {
    serve_tls({.header_timeout = Milliseconds{2'000}});
    auto silent = connect();
    auto half = connect();
    half.send(std::string("\x16\x03\x01\x02\x00", 5));
    EXPECT_NE(open().ask(kRequest, "GET /a? []"), "");
    EXPECT_EQ(silent.read_to_end(), "");
    EXPECT_EQ(half.read_to_end(), "");
}

TEST_F(ServerTlsTest, slow_requests_get_408_and_idle_connections_end_with_close_notify) {
    serve_tls({.header_timeout = Milliseconds{2'000}, .idle_timeout = Milliseconds{2'000}});
    auto idle = open();
    idle.ask(kRequest, "GET /a? []");
    auto slow = open();
    slow.send("GET / HTTP");
    EXPECT_TRUE(slow.read_until("never").starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(idle.read_until("never"), "");
    EXPECT_TRUE(slow.was_ended_cleanly());
    EXPECT_TRUE(idle.was_ended_cleanly());
}

TEST_F(ServerTlsTest, a_refusal_is_read_whole_by_who_sends_on) {
    serve_tls({.body_bytes = 10});
    auto client = open();
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\n" + std::string(400'000, 'x'));
    EXPECT_TRUE(client.read_until("never").starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(client.was_ended_cleanly());
}

TEST_F(ServerTlsTest, a_large_answer_arrives_whole) {
    serve_tls({.write_timeout = Milliseconds{120'000}});
    auto reader = open();
    reader.send("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_GT(reader.read_until("never").size(), 64U * 1024 * 1024);
    EXPECT_TRUE(reader.was_ended_cleanly());
}

TEST_F(ServerTlsTest, a_client_that_never_reads_is_given_up) {
    serve_tls({.write_timeout = Milliseconds{150}});
    auto stuck = open();
    stuck.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_until_running();
    // Draining ends before its deadline only when the connection has gone.
    const auto begun = std::chrono::steady_clock::now();
    drain(Milliseconds{60'000}).get();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(30));
}

TEST_F(ServerTlsTest, draining_finishes_what_runs_and_closes_what_idles) {
    serve_tls();
    auto idle = open();
    idle.ask(kRequest, "GET /a? []");
    auto busy = open();
    busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_until_running();
    auto drained = drain(Milliseconds{60'000});
    EXPECT_EQ(idle.read_until("never"), "");
    EXPECT_TRUE(idle.was_ended_cleanly());
    released_ = true;
    EXPECT_TRUE(busy.read_until("never").ends_with("GET /slow? []"));
    drained.get();
}

TEST_F(ServerTlsTest, a_chain_is_sent_whole) {
    const Certificate leaf("DNS:localhost", &certificate_);
    certificate_.become(leaf);
    serve_tls();
    auto client = open();
    ASSERT_TRUE(client.is_connected()) << client.why();
    EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(client.session())), 2);
}

TEST_F(ServerTlsTest, a_renewed_certificate_is_for_new_connections_and_live_ones_go_on) {
    serve_tls();
    auto before = open();
    const auto old_subject = before.subject();
    before.ask(kRequest, "GET /a? []");
    const Certificate renewed("DNS:localhost");
    certificate_.become(renewed);
    EXPECT_EQ(open().subject(), old_subject);
    EXPECT_TRUE(on_loop([this] { return server_->reload_tls().has_value(); }));
    EXPECT_NE(open().subject(), old_subject);
    EXPECT_NE(before.ask(kRequest, "GET /a? []"), "");
}

TEST_F(ServerTlsTest, a_reload_that_fails_names_the_file_and_changes_nothing) {
    serve_tls();
    const auto subject = open().subject();
    const Certificate other("DNS:localhost");
    std::filesystem::copy_file(other.key_file, certificate_.key_file,
                               std::filesystem::copy_options::overwrite_existing);
    const auto refusal = on_loop([this] { return server_->reload_tls().error().detail; });
    EXPECT_NE(refusal.find(certificate_.key_file), std::string::npos) << refusal;
    EXPECT_NE(refusal.find("key values mismatch"), std::string::npos) << refusal;
    EXPECT_EQ(open().subject(), subject);
}

TEST_F(ServerTlsTest, files_that_cannot_be_used_stop_the_start_with_their_name) {
    const Certificate other("DNS:localhost");
    const std::string missing = certificate_.certificate_file + ".missing", garbage = missing + ".garbage";
    std::ofstream(garbage) << "no PEM\n";
    const std::pair<TlsFiles, std::string> table[] = {
        {{missing, certificate_.key_file}, missing},
        {{certificate_.certificate_file, missing}, missing},
        {{garbage, certificate_.key_file}, garbage},
        {{certificate_.certificate_file, garbage}, garbage},
        {{certificate_.certificate_file, other.key_file}, other.key_file},
        {{certificate_.certificate_file, certificate_.certificate_file}, certificate_.certificate_file},
        {{certificate_.key_file, certificate_.key_file}, certificate_.key_file},
    };
    for (const auto& [files, named] : table) {
        try {
            serve({.tls = files});
            FAIL() << "a server with " << files.certificate << " and " << files.key;
        } catch (const std::runtime_error& error) {
            EXPECT_NE(std::string(error.what()).find(named + ":"), std::string::npos) << error.what();
        }
        server_.reset();
    }
    std::filesystem::remove(garbage);
}

TEST_F(ServerTlsTest, an_encrypted_key_is_refused_without_asking_anybody_for_its_password) {
    const auto encrypted = certificate_.key_file + ".encrypted";
    FILE* file = std::fopen(encrypted.c_str(), "w");
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::string password = "password";
    PEM_write_PrivateKey(file, key.get(), EVP_aes_128_cbc(), reinterpret_cast<const unsigned char*>(password.data()),
                         static_cast<int>(password.size()), nullptr, nullptr);
    std::fclose(file);
    const auto read = load_server_tls({certificate_.certificate_file, encrypted});
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().detail.find(encrypted), std::string::npos) << read.error().detail;
    std::filesystem::remove(encrypted);
}

}  // namespace
}  // namespace florin::http
