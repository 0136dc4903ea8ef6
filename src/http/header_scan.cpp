#include "http/header_scan.hpp"

#include <fmt/format.h>

#include "http/text.hpp"

namespace florin::http {
namespace {
// As many as Apache and Python take. Each costs memory beyond its bytes, so the limit of bytes alone would not bound
// it.
constexpr std::size_t kHeaders = 100;
}  // namespace

std::optional<Refused> HeaderScan::look(std::string_view received) {
    if (!received.empty() && !is_token_char(received.front()))
        return Refused{400, "this is no HTTP request: a method must stand first"};
    for (;;) {
        const auto line_feed = received.find('\n', looked_at_);
        const auto size = line_feed == std::string_view::npos ? received.size() : line_feed + 1;
        if (size > header_bytes_) {
            if (lines_ == 0)
                return Refused{414, fmt::format("the request line is longer than {} bytes", header_bytes_)};
            return Refused{431, fmt::format("the request header is larger than {} bytes", header_bytes_)};
        }
        looked_at_ = size;
        if (line_feed == std::string_view::npos) return std::nullopt;
        if (auto refused = check_line(received.substr(line_begin_, size - line_begin_))) return refused;
        if (size - line_begin_ == 2) {
            size_ = size;
            return std::nullopt;
        }
        line_begin_ = size;
        ++lines_;
    }
}

std::optional<Refused> HeaderScan::check_line(std::string_view line) {
    if (!line.ends_with("\r\n")) return Refused{400, "a line of the header ends without a carriage return"};
    if (line.front() == ' ' || line.front() == '\t')
        return Refused{400, "a header line is folded; write each header on one line"};
    if (lines_ > kHeaders && line.size() > 2) return Refused{431, fmt::format("more than {} headers", kHeaders)};
    return std::nullopt;
}

}  // namespace florin::http
