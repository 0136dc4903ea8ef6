// One answer, from bytes to http::ClientAnswer, bounded in header and body. Interim answers (1xx) are skipped.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.hpp"

namespace florin::http {

struct AnswerLimit {
    std::size_t body_bytes;
    // A longer body, or one that breaks off, is cut off and the answer counts. For whom the status says everything:
    // half a body could say something else than the whole.
    bool cut_off = false;
};

class AnswerParser final : boost::beast::http::basic_parser<false> {
public:
    // `body_expected` is false for the answer to HEAD.
    AnswerParser(AnswerLimit limit, bool body_expected);

    // Takes bytes and says how many it used. The sentence, when there is one, says why this is no usable answer.
    std::optional<std::string> parse(std::string_view bytes, std::size_t& used);
    // The other end has closed. A body without a length ends here; anything else is half an answer.
    std::optional<std::string> parse_end();

    bool is_done() const { return is_whole() || is_cut_; }
    bool is_whole() const { return basic_parser::is_done() && !is_cut_; }
    // Whether what came so far is an answer, should nothing more come.
    bool may_be_cut_off() const { return limit_.cut_off && is_header_done() && !is_interim(); }
    bool is_interim() const { return answer_.status >= 100 && answer_.status < 200; }
    bool keep_alive() const { return basic_parser::keep_alive(); }
    ClientAnswer take() { return std::move(answer_); }

private:
    using error_code = boost::beast::error_code;
    using view = boost::beast::string_view;

    std::string sentence_of(error_code ec) const;
    std::size_t append_body(std::string_view bytes, error_code& ec);

    void on_request_impl(boost::beast::http::verb, view, view, int, error_code&) override {}
    void on_response_impl(int code, view, int, error_code&) override { answer_.status = code; }
    void on_field_impl(boost::beast::http::field, view name, view value, error_code&) override;
    void on_header_impl(error_code&) override { in_header_ = false; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(view body, error_code& ec) override { return append_body(body, ec); }
    void on_chunk_header_impl(std::uint64_t, view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, view body, error_code& ec) override { return append_body(body, ec); }
    void on_finish_impl(error_code&) override {}

    ClientAnswer answer_;
    AnswerLimit limit_;
    bool in_header_ = true;
    bool is_cut_ = false;
};

}  // namespace florin::http
