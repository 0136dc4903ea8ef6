// Requests as they come from a socket: however the bytes are cut, the request is the same; what is taken can be read in
// one way only, so that no proxy in front sees another request.
#include <algorithm>

#include "fuzz/property.hpp"
#include "http/header_scan.hpp"
#include "http/request_parser.hpp"

namespace florin::fuzz {
namespace {

using http::Request;

constexpr std::size_t kHeaderBytes = 1000;
constexpr std::size_t kBodyBytes = 1000;
constexpr std::size_t kReadBytes = 4096;

struct Reading {
    int status = 0;  // 0: more bytes are needed, 200: a request, else the refusal
    std::string detail{};
    Request request{};
    std::size_t used = 0;  // of a request: its bytes
    bool keep_alive = false;
};

// http::Connection without its socket: the header is taken whole, the body as it comes.
class Reader {
public:
    // True when the reading has ended.
    bool take(std::string_view piece) {
        buffer_.append(piece);
        return in_header_ ? take_header() : take_body();
    }
    Reading result() { return std::move(reading_); }

private:
    bool take_header() {
        while (buffer_.starts_with("\r\n")) consume(2);
        if (buffer_.empty() || buffer_ == "\r") return false;
        if (auto refused = scan_.look(buffer_)) return refuse(std::move(*refused));
        if (!scan_.is_complete()) return false;
        auto refused = parser_.parse_header(std::string_view(buffer_).substr(0, scan_.size()));
        consume(scan_.size());
        in_header_ = false;
        return refused ? refuse(std::move(*refused)) : take_body();
    }
    bool take_body() {
        while (!parser_.is_done()) {
            std::size_t used = 0;
            if (!buffer_.empty()) {
                if (auto refused = parser_.parse_body(buffer_, used)) return refuse(std::move(*refused));
                consume(used);
            }
            if (used > 0) continue;
            return buffer_.size() > kReadBytes && refuse({400, "a chunk header of the body is too long"});
        }
        reading_.status = 200;
        reading_.keep_alive = parser_.keep_alive();
        reading_.request = parser_.take();
        return true;
    }
    bool refuse(http::Refused refused) {
        reading_.status = refused.status;
        reading_.detail = std::move(refused.detail);
        return true;
    }
    void consume(std::size_t bytes) {
        buffer_.erase(0, bytes);
        reading_.used += bytes;
    }

    http::HeaderScan scan_{kHeaderBytes};
    http::RequestParser parser_{kBodyBytes};
    std::string buffer_;
    bool in_header_ = true;
    Reading reading_;
};

template <class Cut>
Reading read(std::string_view bytes, Cut cut) {
    Reader reader;
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, cut());
        bytes.remove_prefix(piece.size());
        if (reader.take(piece)) break;
    }
    return reader.result();
}

void must_be_the_same(const Request& a, const Request& b) {
    must(a.method == b.method && a.target == b.target && a.path == b.path && a.query == b.query, "one request line");
    must(a.headers == b.headers, "the same headers");
    must(a.body == b.body, "the same body");
}

void must_be_the_same(const Reading& a, const Reading& b) {
    must((a.status == 200) == (b.status == 200), "however the bytes are cut, they are a request or none");
    // What is wrong may be seen a few bytes later when they come one by one, and then be called something else (Beast
    // counts the size of a chunk again each time that it waits for the end of its extension).
    if (a.status != 200) return;
    must_be_the_same(a.request, b.request);
    must(a.used == b.used && a.keep_alive == b.keep_alive, "the next request begins at the same byte");
}

bool is_token(std::string_view text) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kOthers.contains(c);
    });
}

void must_be_plain(const Request& request) {
    must(is_token(request.method), "the method is a token");
    const bool is_visible = std::ranges::all_of(request.target, [](char c) { return c != 0x7f && (c & 0xe0) != 0; });
    must(request.target.starts_with('/') && is_visible && !request.target.contains(' '), "the target is one path");
    must(request.target == request.path + (request.target.contains('?') ? "?" + request.query : ""), "path and query");
    for (const auto& [name, value] : request.headers) {
        must(is_token(name) && std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; }), "header names");
        must(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "no header holds a line's end");
        must(!value.starts_with(' ') && !value.ends_with(' '), "no header begins or ends with white space");
    }
}

// RFC 9112 §6.3 by hand: there is one length, and the body has it.
void must_be_framed(const Request& request) {
    must(request.count_of("host") <= 1 && request.count_of("content-length") <= 1, "host and length stand once");
    must(request.body.size() <= kBodyBytes, "the body is bounded");
    const auto* length = request.find_header("content-length");
    const auto* coding = request.find_header("transfer-encoding");
    must(length == nullptr || coding == nullptr, "length and coding never stand together");
    must(request.count_of("transfer-encoding") <= 1, "one coding");
    if (length) {
        must(!length->empty() && length->find_first_not_of("0123456789") == std::string::npos, "the length is decimal");
        const auto digits = length->substr(std::min(length->find_first_not_of('0'), length->size() - 1));
        must(digits == std::to_string(request.body.size()), "the body has the stated length");
    }
    must(length || coding || request.body.empty(), "without a length there is no body");
}

// The same request, written by another hand.
std::string rendered(const Request& request) {
    const bool chunked = request.count_of("transfer-encoding") > 0;
    std::string text = request.method + " " + request.target;
    text += request.count_of("host") > 0 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n";
    for (const auto& [name, value] : request.headers) text += name + ":" + value + "\r\n";
    text += "\r\n";
    if (!chunked) return text + request.body;
    for (const char c : request.body) (text += "1\r\n") += std::string(1, c) + "\r\n";
    return text + "0\r\n\r\n";
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin::fuzz;
    const auto bytes = text_of(data, size);
    Dice dice(bytes);
    const auto whole = read(bytes, [&] { return bytes.size(); });
    must_be_the_same(whole, read(bytes, [] { return 1U; }));
    must_be_the_same(whole, read(bytes, [&] { return 1 + dice.below(1 + bytes.size() / 3); }));
    if (whole.status != 200) {
        must(whole.status == 0 || florin::json::is_utf8(whole.detail), "a refusal is valid UTF-8");
        return 0;
    }
    must_be_plain(whole.request);
    must_be_framed(whole.request);
    must_be_the_same(whole, read(bytes.substr(0, whole.used), [&] { return bytes.size(); }));
    const auto text = rendered(whole.request);
    const auto again = read(text, [&] { return text.size(); });
    must(again.status == 200, "what is taken can be sent again");
    must_be_the_same(whole.request, again.request);
    return 0;
}
