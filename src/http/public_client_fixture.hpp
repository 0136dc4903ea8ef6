// A public client in an Internet of the test's own: names lead where the test says, and 127.0.0.1 may be public there.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <string>

#include "http/public_client.hpp"
#include "http/raw_socket.hpp"

namespace florin::http::testing {

inline const auto kHere = boost::asio::ip::make_address("127.0.0.1");
inline const auto kInside = boost::asio::ip::make_address("10.0.0.1");
inline const auto kElsewhere = boost::asio::ip::make_address("192.0.43.8");

class PublicClientTest : public ::testing::Test {
protected:
    using Exchanged = std::expected<ClientAnswer, ClientFailure>;

    // 127.0.0.1 counts as public.
    static PublicClientOptions here_is_public() {
        PublicClientOptions options;
        options.is_allowed = [](const boost::asio::ip::address& address) {
            return address == kHere || is_public(address);
        };
        return options;
    }

    // The n-th look-up of any name gives the n-th of these, and the last one from then on.
    void use(std::vector<Addresses> answers, PublicClientOptions options = here_is_public()) {
        NamesOptions names{.keep = Milliseconds{0}, .keep_failure = Milliseconds{0}};
        names.look_up = [this, answers = std::move(answers)](const std::string&) -> LookedUp {
            return answers[std::min(lookups_++, answers.size() - 1)];
        };
        client_.emplace(loop_.get_executor(), std::make_shared<Names>(loop_.get_executor(), std::move(names)),
                        std::move(options));
    }

    Exchanged send(Origin origin, ClientRequest request = {"POST", "/hook", {}, "{}"},
                   Milliseconds within = Milliseconds{20'000}, Loopback loopback = Loopback::refused) {
        auto answer = boost::asio::co_spawn(
            loop_, client_->send(std::move(origin), std::move(request), Deadline::after(within), loopback),
            boost::asio::use_future);
        loop_.restart();
        while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop_.run_one();
        return answer.get();
    }

    // Of a request that must fail before anything was sent.
    std::string refusal(const Origin& origin, Loopback loopback = Loopback::refused) {
        const auto answer = send(origin, {"POST", "/hook", {}, "{}"}, Milliseconds{20'000}, loopback);
        if (answer) return "no refusal: " + std::to_string(answer->status);
        EXPECT_TRUE(answer.error().nothing_sent);
        return answer.error().what;
    }

    void TearDown() override {
        client_.reset();
        loop_.restart();
        loop_.poll();
    }

    std::atomic<std::size_t> lookups_ = 0;
    boost::asio::io_context loop_{1};
    std::optional<PublicClient> client_;
};

}  // namespace florin::http::testing
