// Where the public client goes, and where not (O-01, O-02 of the catalogue of faults).
#include "http/public_client.hpp"

#include "http/public_client_fixture.hpp"

namespace florin::http {
namespace {
namespace asio = boost::asio;
using testing::kElsewhere;
using testing::kHere;
using testing::kInside;
using testing::RawServer;
using testing::RawSocket;
using PublicClientTest = testing::PublicClientTest;

constexpr std::string_view kAnswer = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";

// A server that counts who comes, and answers.
class Receiver {
public:
    std::uint16_t port() const { return server_.port(); }
    int connections() const { return connections_; }
    Origin origin(std::string host) const { return {false, std::move(host), port()}; }

private:
    std::atomic<int> connections_ = 0;
    RawServer server_{[this](RawSocket& peer, int) {
        ++connections_;
        while (!peer.read_message().empty()) peer.send(kAnswer);
    }};
};

TEST_F(PublicClientTest, a_request_goes_to_the_address_that_was_checked_under_the_name) {
    std::string seen;
    RawServer server([&](RawSocket& peer, int) {
        seen = peer.read_message();
        peer.send(kAnswer);
    });
    use({{kHere}});
    const auto answer =
        send({false, "shop.example.com", server.port()}, {"POST", "/hook?a=b", {{"webhook-id", "evt_1"}}, "{}"});
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->status, 204);
    EXPECT_EQ(seen, fmt::format("POST /hook?a=b HTTP/1.1\r\nHost: shop.example.com:{}\r\nwebhook-id: evt_1\r\n"
                                "Content-Length: 2\r\n\r\n{{}}",
                                server.port()));
    EXPECT_EQ(lookups_, 1U);
}

TEST_F(PublicClientTest, one_address_that_is_not_public_refuses_them_all) {
    Receiver receiver;
    for (const auto& answer : {Addresses{kInside}, Addresses{kHere, kInside}, Addresses{kInside, kHere},
                               Addresses{kHere, asio::ip::make_address("::1")},
                               Addresses{asio::ip::make_address("::ffff:127.0.0.1"), kHere}}) {
        use({answer});
        EXPECT_EQ(refusal(receiver.origin("shop.example.com")), "shop.example.com has an address that is not public");
    }
    EXPECT_EQ(receiver.connections(), 0);
}

TEST_F(PublicClientTest, a_name_that_was_public_once_and_leads_inside_now_is_refused) {
    Receiver receiver;
    use({{kElsewhere}, {kHere}}, {});
    ++lookups_;  // the first answer went to whoever registered the endpoint
    EXPECT_EQ(refusal(receiver.origin("rebinding.example.com")),
              "rebinding.example.com has an address that is not public");
    EXPECT_EQ(receiver.connections(), 0);
}

TEST_F(PublicClientTest, a_name_is_asked_once_for_a_connection_so_a_second_answer_changes_nothing) {
    Receiver receiver;
    use({{kHere}, {kInside}});
    EXPECT_EQ(send(receiver.origin("rebinding.example.com")).value().status, 204);
    EXPECT_EQ(lookups_, 1U);
    EXPECT_EQ(send(receiver.origin("rebinding.example.com")).value().status, 204) << "on the same connection";
    EXPECT_EQ(receiver.connections(), 1);
    EXPECT_EQ(refusal(receiver.origin("other.example.com")), "other.example.com has an address that is not public");
    client_.reset();
}

TEST_F(PublicClientTest, this_machine_is_called_where_that_is_allowed_and_only_by_its_plain_spellings) {
    Receiver receiver;
    for (const auto* host : {"127.0.0.1", "localhost"}) {
        use({{kHere}}, {});
        EXPECT_EQ(send(receiver.origin(host), {"POST", "/", {}, "{}"}, Milliseconds{20'000}, Loopback::allowed)
                      .value()
                      .status,
                  204);
        EXPECT_NE(refusal(receiver.origin(host)).find("not public"), std::string::npos)
            << "a connection is open, for whom it was allowed";
    }
    use({{kHere}}, {});
    const int before = receiver.connections();
    for (const auto* host : {"127.1", "2130706433", "0x7f.1", "0177.0.0.1", "::ffff:127.0.0.1", "0.0.0.0", "10.0.0.1",
                             "127.0.0.1.example.com", "localhost.", "shop.example.com"})
        EXPECT_NE(refusal(receiver.origin(host), Loopback::allowed).find("not public"), std::string::npos) << host;
    EXPECT_EQ(receiver.connections(), before);
}

TEST_F(PublicClientTest, a_name_that_is_not_known_has_sent_nothing) {
    NamesOptions names;
    names.look_up = [](const std::string&) -> LookedUp { return std::unexpected("Name or service not known"); };
    client_.emplace(loop_.get_executor(), std::make_shared<Names>(loop_.get_executor(), std::move(names)));
    EXPECT_EQ(refusal({true, "shop.example.com", 443}), "cannot resolve shop.example.com: Name or service not known");
}

TEST_F(PublicClientTest, a_connection_is_used_again_until_it_is_old) {
    Receiver receiver;
    use({{kHere}});
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(receiver.origin("shop.example.com")));
    EXPECT_EQ(receiver.connections(), 1);
    client_.reset();
    auto options = here_is_public();
    options.longest_use = Milliseconds{0};
    use({{kHere}}, options);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(receiver.origin("shop.example.com")));
    EXPECT_EQ(receiver.connections(), 4);
}

TEST_F(PublicClientTest, origins_share_no_connection) {
    Receiver one, two;
    auto options = here_is_public();
    options.idle_timeout = Milliseconds{1'500};  // a receiver serves one connection after the other
    use({{kHere}}, options);
    EXPECT_TRUE(send(one.origin("a.example.com")));
    EXPECT_TRUE(send(one.origin("a.example.com")));
    EXPECT_TRUE(send(two.origin("a.example.com")));
    EXPECT_TRUE(send(two.origin("b.example.com")));
    client_.reset();
    EXPECT_EQ(one.connections(), 1);
    EXPECT_EQ(two.connections(), 2);
}

}  // namespace
}  // namespace florin::http
