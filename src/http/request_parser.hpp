// One request, from bytes to http::Request. Stricter than Beast's parser, whose grammar it uses: what two readers could
// understand differently (RFC 9112 §6.3, §11.2: repeated Host or Content-Length, unknown transfer codings) is refused,
// so that no proxy in front of Florin can be made to see another request than Florin sees.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/refused.hpp"
#include "http/server.hpp"

namespace florin::http {

// What the bodies of all connections may hold beyond the usual length. An announced length takes nothing: many could
// announce much and send little.
class BodyBudget {
public:
    explicit BodyBudget(std::size_t bytes) : left_(bytes) {}
    bool take(std::size_t bytes) {
        if (bytes > left_) return false;
        left_ -= bytes;
        return true;
    }
    void give_back(std::size_t bytes) { left_ += bytes; }

private:
    std::size_t left_;
};

struct LargerBodies {
    std::span<const LargerBody> paths{};
    BodyBudget* budget = nullptr;  // null: no bound
};

class RequestParser final : boost::beast::http::basic_parser<true> {
public:
    // What `larger` names outlives the parser. What the body takes of its budget is given back by the destructor.
    explicit RequestParser(std::size_t body_bytes, LargerBodies larger = {});
    ~RequestParser() override;
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    // Takes the whole header, its empty line included, as HeaderScan let it through.
    std::optional<Refused> parse_header(std::string_view header);
    // Takes bytes of the body and says how many it used; call until is_done.
    std::optional<Refused> parse_body(std::string_view bytes, std::size_t& used);

    bool is_done() const { return basic_parser::is_done(); }
    bool keep_alive() const { return version_ == 11 && basic_parser::keep_alive(); }
    bool expects_continue() const;
    Request take() { return std::move(request_); }

private:
    using error_code = boost::beast::error_code;
    using view = boost::beast::string_view;

    std::optional<Refused> check_header() const;
    std::optional<Refused> refusal_of(error_code ec) const;
    std::size_t append_body(std::string_view bytes, error_code& ec);
    bool take_of_budget(std::size_t body_size);

    void on_request_impl(boost::beast::http::verb, view method, view target, int version, error_code&) override;
    void on_response_impl(int, view, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field, view name, view value, error_code&) override;
    void on_header_impl(error_code&) override { in_header_ = false; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(view body, error_code& ec) override { return append_body(body, ec); }
    void on_chunk_header_impl(std::uint64_t, view extensions, error_code& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t, view body, error_code& ec) override { return append_body(body, ec); }
    void on_finish_impl(error_code&) override {}

    Request request_;
    const std::size_t usual_bytes_;
    std::size_t body_bytes_;
    const LargerBodies larger_;
    std::size_t taken_ = 0;  // of the budget
    std::size_t extension_bytes_ = 0;
    int version_ = 0;
    bool in_header_ = true;
};

}  // namespace florin::http
