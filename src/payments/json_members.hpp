// Writes an object's members in the caller's order, which is the order of the bytes.
#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace florin::payments {

class Members {
public:
    explicit Members(std::string& out) : out_(out) {}

    void text(std::string_view name, std::string_view value) { json::append_string(next(name), value); }
    void text_or_null(std::string_view name, const std::optional<std::string>& value) {
        if (value)
            text(name, *value);
        else
            raw(name, "null");
    }
    void number(std::string_view name, std::int64_t value) {
        std::array<char, 20> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
        next(name).append(digits.data(), end);
    }
    void boolean(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }
    void raw(std::string_view name, std::string_view json) { next(name) += json; }
    std::string& next(std::string_view name) {
        out_ += before_;
        before_ = ',';
        out_ += '"';
        out_ += name;  // ours: nothing to escape
        out_ += "\":";
        return out_;
    }
    void close() { out_ += '}'; }

private:
    std::string& out_;
    char before_ = '{';
};

}  // namespace florin::payments
