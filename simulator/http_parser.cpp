#include "simulator/http_parser.hpp"

#include <charconv>

namespace florin::simulator {
namespace {

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + ('a' - 'A')) : text[i];
        if (c != lower[i]) return false;
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

struct Framing {
    std::size_t content_length = 0;
    Parsed verdict = Parsed::complete;
};

void read_content_length(std::string_view value, Framing& framing) {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), framing.content_length);
    if (error != std::errc() || end != value.data() + value.size()) framing.verdict = Parsed::malformed;
}

// The length of the name picks the candidates, so that most headers cost one comparison of an integer.
void take_header(std::string_view name, std::string_view value, Request& request, Framing& framing) {
    switch (name.size()) {
        case 10:
            if (equal_ignoring_case(name, "connection")) request.keep_alive = !equal_ignoring_case(value, "close");
            break;
        case 13:
            if (equal_ignoring_case(name, "authorization")) request.authorization = value;
            break;
        case 14:
            if (equal_ignoring_case(name, "content-length")) {
                read_content_length(value, framing);
            } else if (equal_ignoring_case(name, "stripe-version")) {
                request.stripe_version = value;
            }
            break;
        case 15:
            if (equal_ignoring_case(name, "idempotency-key")) request.idempotency_key = value;
            break;
        case 17:
            if (equal_ignoring_case(name, "transfer-encoding")) framing.verdict = Parsed::length_required;
            break;
        default:
            break;
    }
}

bool take_request_line(std::string_view line, Request& request) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !line.substr(last + 1).starts_with("HTTP/1.")) return false;
    request.method = line.substr(0, first);
    request.target = line.substr(first + 1, last - first - 1);
    const auto mark = request.target.find('?');
    request.path = request.target.substr(0, mark);
    request.query = mark == std::string_view::npos ? std::string_view() : request.target.substr(mark + 1);
    request.keep_alive = line.back() != '0';
    return request.target.starts_with('/');
}

}  // namespace

Parsed parse_request(std::string_view buffer, Request& request, std::size_t& consumed) {
    const auto head_end = buffer.find("\r\n\r\n");
    if (head_end == std::string_view::npos) {
        return buffer.size() > kMostHeadBytes ? Parsed::too_large : Parsed::incomplete;
    }
    std::string_view head = buffer.substr(0, head_end + 2);
    auto end = head.find("\r\n");
    if (!take_request_line(head.substr(0, end), request)) return Parsed::malformed;
    Framing framing;
    for (head.remove_prefix(end + 2); !head.empty(); head.remove_prefix(end + 2)) {
        end = head.find("\r\n");
        const auto line = head.substr(0, end);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return Parsed::malformed;
        take_header(line.substr(0, colon), trimmed(line.substr(colon + 1)), request, framing);
    }
    if (framing.verdict != Parsed::complete) return framing.verdict;
    if (framing.content_length > kMostBodyBytes) return Parsed::too_large;
    consumed = head_end + 4 + framing.content_length;
    if (buffer.size() < consumed) return Parsed::incomplete;
    request.body = buffer.substr(head_end + 4, framing.content_length);
    return Parsed::complete;
}

}  // namespace florin::simulator
