// Finds the end of a request's header while its bytes arrive, and refuses at once what has no end or two readings: a
// line feed without its carriage return, a folded line, more lines or bytes than the limits (RFC 9112 §2.2, §5.2). Each
// byte is looked at once. The grammar of what it lets through is RequestParser's to check.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "http/refused.hpp"

namespace florin::http {

class HeaderScan {
public:
    explicit HeaderScan(std::size_t header_bytes) : header_bytes_(header_bytes) {}

    // Takes all that has arrived of the request, what it has seen already included.
    std::optional<Refused> look(std::string_view received);
    bool is_complete() const { return size_ > 0; }
    std::size_t size() const { return size_; }  // of the whole header with its empty line, once it is complete

private:
    std::optional<Refused> check_line(std::string_view line);

    std::size_t header_bytes_;
    std::size_t line_begin_ = 0;
    std::size_t looked_at_ = 0;
    std::size_t lines_ = 0;
    std::size_t size_ = 0;
};

}  // namespace florin::http
