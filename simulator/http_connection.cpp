#include "simulator/http_connection.hpp"

#include <charconv>

namespace florin::simulator {
namespace {

std::string_view status_line(int status) {
    switch (status) {
        case 200:
            return "HTTP/1.1 200 OK\r\n";
        case 303:
            return "HTTP/1.1 303 See Other\r\n";
        case 400:
            return "HTTP/1.1 400 Bad Request\r\n";
        case 401:
            return "HTTP/1.1 401 Unauthorized\r\n";
        case 402:
            return "HTTP/1.1 402 Payment Required\r\n";
        case 403:
            return "HTTP/1.1 403 Forbidden\r\n";
        case 404:
            return "HTTP/1.1 404 Not Found\r\n";
        case 405:
            return "HTTP/1.1 405 Method Not Allowed\r\n";
        case 409:
            return "HTTP/1.1 409 Conflict\r\n";
        case 411:
            return "HTTP/1.1 411 Length Required\r\n";
        case 413:
            return "HTTP/1.1 413 Content Too Large\r\n";
        case 429:
            return "HTTP/1.1 429 Too Many Requests\r\n";
        case 500:
            return "HTTP/1.1 500 Internal Server Error\r\n";
        case 502:
            return "HTTP/1.1 502 Bad Gateway\r\n";
        case 503:
            return "HTTP/1.1 503 Service Unavailable\r\n";
        case 504:
            return "HTTP/1.1 504 Gateway Timeout\r\n";
        default:
            return {};
    }
}

constexpr std::string_view kTimeHeader = "Simulator-Time-Us: ";
constexpr std::string_view kNoTime = "0000000000";
constexpr std::size_t kEndlessPiece = 64 * 1024;

}  // namespace

void Outgoing::render(const Answer& answer, std::int64_t began, bool close_after) {
    began_us = began;
    delivery = answer.delivery;
    sent = 0;
    const auto known = status_line(answer.status);
    bytes.assign(known);
    if (known.empty()) bytes.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" Status\r\n");
    time_at = bytes.size() + kTimeHeader.size();
    bytes.append(kTimeHeader).append(kNoTime).append("\r\nServer: florin-simulator\r\nContent-Type: ");
    bytes.append(answer.content_type).append("\r\n");
    if (delivery != Delivery::endless) {
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, answer.body.size()).ptr;
        bytes.append("Content-Length: ").append(digits, end).append("\r\n");
    }
    bytes.append(answer.headers);
    if (close_after) bytes.append("Connection: close\r\n");
    bytes.append("\r\n");
    const auto share = delivery == Delivery::half ? answer.body.size() / 2 : answer.body.size();
    bytes.append(answer.body, 0, share);
    if (delivery != Delivery::endless) return;
    repeat_from = bytes.size();
    bytes.append(kEndlessPiece, 'x');
}

void Outgoing::stamp(std::int64_t now_us) {
    auto rest = now_us - began_us;
    for (std::size_t i = kNoTime.size(); i-- > 0; rest /= 10) bytes[time_at + i] = static_cast<char>('0' + rest % 10);
}

}  // namespace florin::simulator
