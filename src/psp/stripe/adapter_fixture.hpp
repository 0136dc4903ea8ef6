// For tests: a PSP that answers what it is told, in order, and an adapter that talks to it.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "psp/stripe/adapter.hpp"
#include "psp/stripe/canned_server.hpp"
#include "psp/stripe/intent_fixture.hpp"

namespace florin::psp::stripe::fixture {

// Far longer than a server that answers at all takes.
inline Deadline in_time() {
    return Deadline::after(Milliseconds(20'000));
}

// Bound, but nobody listens; and nobody else can while it lives.
class DeafPort {
public:
    std::uint16_t number() const { return socket_.local_endpoint().port(); }

private:
    boost::asio::io_context loop_;
    boost::asio::ip::tcp::socket socket_{loop_, {boost::asio::ip::address_v4::loopback(), 0}};
};

inline StripeOptions options_for(std::uint16_t port) {
    StripeOptions options;
    options.origin = http::Origin{.tls = false, .host = "127.0.0.1", .port = port};
    options.key = Secret("sk_test_123");
    return options;
}

class Adapter : public testing::Test {
protected:
    void answers(std::vector<std::string> bytes) {
        server_ = std::make_unique<CannedServer>(std::move(bytes));
        make(server_->port());
    }
    void make(std::uint16_t port) { psp_ = make_stripe(loop_.get_executor(), options_for(port), &metrics_).value(); }

    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        spawn(loop_.get_executor(), keep(std::move(task), result), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
        while (!result && loop_.run_one() > 0) {
        }
        loop_.restart();
        return std::move(*result);
    }
    Answer execute(Call call) { return run(psp_->execute(std::move(call), in_time())); }
    Answer read(std::string reference, Call call) {
        return run(psp_->read(std::move(reference), std::move(call), in_time()));
    }
    Answer sale() { return execute(sale_call()); }
    Sweep look_up(std::vector<Call> calls) { return look_up(std::move(calls), {}); }
    Sweep look_up(std::vector<Call> calls, Sweep begun) {
        LookUp wanted{.from = WallTime(Milliseconds(1'700'000'000'000)),
                      .to = WallTime(Milliseconds(1'700'000'100'000)),
                      .calls = std::move(calls),
                      .begun = std::move(begun)};
        return run(psp_->look_up(std::move(wanted), in_time()));
    }
    // Head and body of the request with this number.
    std::string request(std::size_t number) { return server_->requests().at(number); }
    bool requested(std::size_t number, std::string_view line) { return request(number).starts_with(line); }

    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        result = co_await std::move(task);
    }

    boost::asio::io_context loop_{1};
    observe::Metrics metrics_;
    std::unique_ptr<CannedServer> server_;
    std::unique_ptr<Psp> psp_;
};

inline std::string list(const std::string& items, bool more) {
    return R"({"object":"list","has_more":)" + std::string(more ? "true" : "false") + R"(,"data":[)" + items + "]}";
}

inline std::string of_id(std::string body, const std::string& id) {
    for (std::size_t at = 0; (at = body.find("pi_1", at)) != std::string::npos; at += id.size())
        body.replace(at, 4, id);
    return body;
}

inline std::string foreign(const std::string& id) {
    return of_id(with(succeeded(), "op_01920000-0000-7000-8000-000000000002", "op_of_somebody_else"), id);
}

}  // namespace florin::psp::stripe::fixture
