#include "http/response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <ctime>

#include "base/assert.hpp"
#include "http/text.hpp"

namespace florin::http {
namespace {
// RFC 9110 §6.6.1: an origin server with a clock sends Date. It changes once a second, so it is made once a second.
const std::string& date_now() {
    thread_local std::time_t made_for = -1;
    thread_local std::string text;
    const std::time_t now = std::time(nullptr);
    if (now != made_for) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        char buffer[64];
        text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
        made_for = now;
    }
    return text;
}

struct Line {
    std::string_view name, line;
};
// Every answer has these, unless the handler gave one of that name. No answer is for caches or for a browser to run.
constexpr std::array kAlways{
    Line{"Cache-Control", "Cache-Control: no-store\r\n"},
    Line{"X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n"},
    Line{"Content-Security-Policy", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"},
    Line{"Referrer-Policy", "Referrer-Policy: no-referrer\r\n"},
};
// A browser must ignore it over plain HTTP (RFC 6797 §8.1).
constexpr Line kOverTls{"Strict-Transport-Security", "Strict-Transport-Security: max-age=31536000\r\n"};

void append_unless_given(std::string& head, const Line& own, const Response& response) {
    const bool is_given = std::ranges::any_of(
        response.headers, [&](const auto& header) { return equal_ignoring_case(header.first, own.name); });
    if (!is_given) head.append(own.line);
}

std::string_view reason_of(int status) {
    return boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
}
}  // namespace

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

std::string render_head(const Response& response, Wire wire) {
    std::string head;
    head.reserve(640);
    auto out = std::back_inserter(head);
    fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason_of(response.status), date_now());
    if (may_have_body(response.status)) {
        FLORIN_ASSERT(is_header_safe(response.content_type));
        fmt::format_to(out, "Content-Type: {}\r\nContent-Length: {}\r\n", response.content_type, response.body.size());
    }
    for (const auto& own : kAlways) append_unless_given(head, own, response);
    if (wire.over_tls) append_unless_given(head, kOverTls, response);
    for (const auto& [name, value] : response.headers) {
        FLORIN_ASSERT(is_header_safe(name) && is_header_safe(value));
        head.append(name).append(": ").append(value).append("\r\n");
    }
    head.append(wire.keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
    return head;
}

}  // namespace florin::http
