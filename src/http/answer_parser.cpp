#include "http/answer_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "http/chunked.hpp"
#include "http/text.hpp"

namespace florin::http {
namespace beast_http = boost::beast::http;

namespace {
constexpr std::uint32_t kHeaderBytes = 32 * 1024;
}

AnswerParser::AnswerParser(AnswerLimit limit, bool body_expected) : limit_(limit) {
    header_limit(kHeaderBytes);
    if (limit.cut_off)
        body_limit(boost::none);
    else
        body_limit(limit.body_bytes);
    skip(!body_expected);
    eager(true);
    answer_.headers.reserve(12);
}

std::optional<std::string> AnswerParser::parse(std::string_view bytes, std::size_t& used) {
    used = 0;
    if (is_header_done() && chunked() && bytes.size() < kShortestEndOfChunks) return std::nullopt;
    error_code ec;
    used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
    if (ec && ec != beast_http::error::need_more) return sentence_of(ec);
    return std::nullopt;
}

std::optional<std::string> AnswerParser::parse_end() {
    if (!got_some()) return "the connection was closed before any answer";
    if (!is_header_done()) return "the connection was closed inside the answer's header";
    error_code ec;
    put_eof(ec);
    if (ec) return "the connection was closed inside the answer's body";
    return std::nullopt;
}

std::string AnswerParser::sentence_of(error_code ec) const {
    if (ec == beast_http::error::body_limit) return fmt::format("answer larger than {} bytes", limit_.body_bytes);
    if (ec == beast_http::error::header_limit) return fmt::format("answer's header larger than {} bytes", kHeaderBytes);
    return fmt::format("answer is not well-formed HTTP: {}", ec.message());
}

std::size_t AnswerParser::append_body(std::string_view bytes, error_code& ec) {
    const auto room = limit_.body_bytes - answer_.body.size();
    if (bytes.size() > room) {
        if (!limit_.cut_off) {
            ec = beast_http::error::body_limit;
            return 0;
        }
        is_cut_ = true;
    }
    answer_.body.append(bytes.substr(0, room));
    return bytes.size();
}

void AnswerParser::on_field_impl(beast_http::field, view name, view value, error_code&) {
    if (in_header_) answer_.headers.emplace_back(lower_case(name), std::string(value));
}

void AnswerParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    if (length) answer_.body.reserve(std::min<std::uint64_t>(*length, limit_.body_bytes));
}

}  // namespace florin::http
