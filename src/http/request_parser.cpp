#include "http/request_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>

#include "http/chunked.hpp"
#include "http/text.hpp"

namespace florin::http {
namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

namespace {
// All chunks of a body together. Nothing in Florin reads extensions; without a limit a byte of body could cost 4 KiB
// each.
constexpr std::size_t kExtensionBytes = 1024;
constexpr std::size_t kFirstBodyBytes = 4096;

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

// RFC 9110 §7.2: a name or address, and a port; what else stands there could be read as a path or a second host.
bool is_host(std::string_view value) {
    return std::ranges::all_of(value, [](char c) {
        return is_token_char(c) || std::string_view(":[]();=").find(c) != std::string_view::npos;
    });
}

// Digits only: Beast would also take the list "5, 5", and others read octal after a zero.
bool is_plain_length(std::string_view value) {
    if (value.size() > 1 && value.front() == '0') return false;
    return !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

RequestParser::RequestParser(std::size_t body_bytes, LargerBodies larger)
    : usual_bytes_(body_bytes), body_bytes_(body_bytes), larger_(larger) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the connection bounds the header before it comes here
    body_limit(body_bytes);
    request_.headers.reserve(12);
}

RequestParser::~RequestParser() {
    if (taken_ > 0) larger_.budget->give_back(taken_);
}

std::optional<Refused> RequestParser::parse_header(std::string_view header) {
    error_code ec;
    put(boost::asio::const_buffer(header.data(), header.size()), ec);
    if (ec) return refusal_of(ec);
    if (!is_header_done()) return Refused{400, "the request header is malformed"};
    eager(true);
    return check_header();
}

std::optional<Refused> RequestParser::parse_body(std::string_view bytes, std::size_t& used) {
    used = 0;
    if (chunked() && bytes.size() < kShortestEndOfChunks) return std::nullopt;
    error_code ec;
    used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
    if (ec && ec != beast_http::error::need_more) return refusal_of(ec);
    return std::nullopt;
}

bool RequestParser::expects_continue() const {
    const auto* expect = request_.find_header("expect");
    return expect && equal_ignoring_case(*expect, "100-continue");
}

std::optional<Refused> RequestParser::check_header() const {
    if (version_ != 10 && version_ != 11) return Refused{400, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
    if (request_.target.empty() || request_.target.front() != '/')
        return Refused{400, "the request target must begin with '/'; absolute and authority forms are refused"};
    if (request_.target.find('#') != std::string::npos || !is_visible(request_.target))
        return Refused{400, "the request target must be visible ASCII without '#'; write other characters as %xx"};

    const auto hosts = request_.count_of("host");
    if (hosts > 1 || (hosts == 0 && version_ == 11)) return Refused{400, "exactly one Host header is required"};
    if (hosts == 1 && !is_host(*request_.find_header("host"))) return Refused{400, "the Host header is malformed"};
    if (request_.count_of("content-length") > 1) return Refused{400, "Content-Length stands more than once"};
    const auto* length = request_.find_header("content-length");
    if (length && !is_plain_length(*length)) return Refused{400, "Content-Length must be one decimal number"};
    if (const auto* coding = request_.find_header("transfer-encoding")) {
        if (length || version_ != 11 || !equal_ignoring_case(*coding, "chunked"))
            return Refused{400, "Transfer-Encoding must be exactly 'chunked', without Content-Length"};
    }
    const auto* expect = request_.find_header("expect");
    if (expect && !expects_continue()) return Refused{417, "the only expectation met here is 100-continue"};
    return std::nullopt;
}

std::optional<Refused> RequestParser::refusal_of(error_code ec) const {
    if (ec == beast_http::error::body_limit || ec == beast_http::error::buffer_overflow)
        return Refused{413, fmt::format("the body is larger than {} bytes", body_bytes_)};
    if (ec == asio::error::no_memory) return Refused{503, "too many long bodies arrive at once: send it again"};
    if (ec == beast_http::error::header_limit) return Refused{431, "the trailer of the body is too large"};
    return Refused{400, fmt::format("the request is not well-formed HTTP: {}", ec.message())};
}

std::size_t RequestParser::append_body(std::string_view bytes, error_code& ec) {
    if (bytes.size() > body_bytes_ - request_.body.size()) {
        ec = beast_http::error::body_limit;
        return 0;
    }
    if (!take_of_budget(request_.body.size() + bytes.size())) {
        ec = asio::error::no_memory;
        return 0;
    }
    request_.body.append(bytes);
    return bytes.size();
}

bool RequestParser::take_of_budget(std::size_t body_size) {
    if (larger_.budget == nullptr || body_size <= usual_bytes_ + taken_) return true;
    const auto more = body_size - usual_bytes_ - taken_;
    if (!larger_.budget->take(more)) return false;
    taken_ += more;
    return true;
}

void RequestParser::on_request_impl(beast_http::verb, view method, view target, int version, error_code&) {
    version_ = version;
    request_.method = method;
    request_.target = target;
    const auto question = request_.target.find('?');
    request_.path = request_.target.substr(0, question);
    if (question != std::string::npos) request_.query = request_.target.substr(question + 1);
    const auto path = std::ranges::find(larger_.paths, request_.path, &LargerBody::path);
    if (path == larger_.paths.end()) return;
    body_bytes_ = path->bytes;
    body_limit(path->bytes);
}

void RequestParser::on_field_impl(beast_http::field, view name, view value, error_code&) {
    // Trailers come here too; nothing in Florin reads them, and merged into the header they could replace it.
    if (in_header_) request_.headers.emplace_back(lower_case(name), std::string(value));
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    // No more than a little of what is only announced: many could announce much and send nothing.
    if (length) request_.body.reserve(std::min<std::uint64_t>(*length, kFirstBodyBytes));
}

void RequestParser::on_chunk_header_impl(std::uint64_t, view extensions, error_code& ec) {
    // A control character in a quoted value is where another reader may see the chunk's end.
    const bool is_plain =
        std::ranges::none_of(extensions, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
    extension_bytes_ += extensions.size();
    if (!is_plain || extension_bytes_ > kExtensionBytes) ec = beast_http::error::bad_chunk_extension;
}

}  // namespace florin::http
