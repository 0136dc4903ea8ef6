// What the tests of the client share: a client on a loop that is driven by hand, to a server written byte by byte.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.hpp"
#include "http/raw_socket.hpp"

namespace florin::http::testing {

using Exchanged = std::expected<ClientAnswer, ClientFailure>;

inline constexpr Milliseconds kPatience{20'000};  // longest wait of any test for an answer that comes
inline constexpr Milliseconds kSoon{2'000};       // a deadline to miss: time enough to connect and to send before it

inline std::string answer_with(std::string_view body, std::string_view headers = {}) {
    return fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", headers, body.size(), body);
}

class ClientTest : public ::testing::Test {
protected:
    void use(std::uint16_t port, ClientOptions options = {}) {
        client_.emplace(loop_.get_executor(), Origin{false, "127.0.0.1", port}, options);
    }

    std::future<Exchanged> begin(ClientRequest request, Milliseconds within = kPatience) {
        return boost::asio::co_spawn(loop_, client_->send(std::move(request), Deadline::after(within)),
                                     boost::asio::use_future);
    }

    Exchanged finish(std::future<Exchanged>& answer) {
        loop_.restart();
        while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop_.run_one();
        return answer.get();
    }

    Exchanged send(ClientRequest request, Milliseconds within = kPatience) {
        auto answer = begin(std::move(request), within);
        return finish(answer);
    }

    Exchanged get(Milliseconds within = kPatience) { return send({"GET", "/", {}, {}}, within); }

    static ClientFailure failed(Exchanged answer) {
        if (!answer) return std::move(answer.error());
        ADD_FAILURE() << "no failure but: " << answer->body.substr(0, 100);
        return {};
    }

    void TearDown() override {
        client_.reset();
        loop_.restart();
        loop_.poll();
    }

    boost::asio::io_context loop_{1};
    std::optional<Client> client_;
};

}  // namespace florin::http::testing
