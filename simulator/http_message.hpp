// One HTTP request as its handler sees it, and the answer it fills in. Views point into the connection's buffer and
// hold only during the call; whoever needs a request later keeps an OwnedRequest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace florin::simulator {

struct Request {
    std::string_view method{};
    std::string_view target{};
    std::string_view path{};   // before '?', not decoded
    std::string_view query{};  // after '?', not decoded
    std::string_view body{};
    std::string_view authorization{};
    std::string_view idempotency_key{};
    std::string_view stripe_version{};
    bool keep_alive = true;
};

class OwnedRequest {
public:
    explicit OwnedRequest(const Request& request)
        : method_(request.method),
          target_(request.target),
          body_(request.body),
          authorization_(request.authorization),
          idempotency_key_(request.idempotency_key),
          stripe_version_(request.stripe_version) {}

    Request view() const {
        const std::string_view target = target_;
        const auto mark = target.find('?');
        const auto path = target.substr(0, mark);
        const auto query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
        return {method_, target, path, query, body_, authorization_, idempotency_key_, stripe_version_};
    }

private:
    std::string method_, target_, body_, authorization_, idempotency_key_, stripe_version_;
};

// How the answer leaves. Everything but `send` is what a broken peer or network does.
enum class Delivery : std::uint8_t {
    send,
    hang,     // nothing, and the connection stays open
    drop,     // nothing, and the connection is closed
    reset,    // nothing, and the connection is reset (RST)
    half,     // the head promises the whole body, half of it comes, then the end
    drip,     // one byte each 100 ms
    endless,  // the body has no length and goes on and on
};

struct Answer {
    int status = 200;
    std::string_view content_type = "application/json";
    std::string headers{};  // further header lines, each ending in \r\n
    std::string body{};
    Delivery delivery = Delivery::send;
    std::int64_t delay_us = 0;  // the answer leaves that much later
    // When set, it is given what lets the answer leave: something else has to happen first.
    std::function<void(std::function<void()> release)> after{};

    void clear() {
        status = 200;
        content_type = "application/json";
        headers.clear();
        body.clear();
        delivery = Delivery::send;
        delay_us = 0;
        after = nullptr;
    }
    void add_header(std::string_view name, std::string_view value) {
        headers.append(name).append(": ").append(value).append("\r\n");
    }
};

}  // namespace florin::simulator
