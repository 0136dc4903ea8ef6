#include "psp/stripe/form.hpp"

#include <algorithm>

namespace florin::psp::stripe {
namespace {

bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void append_escaped(std::string& out, std::string_view value) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (const char c : value) {
        if (is_word_character(c) || c == '-' || c == '.' || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
}

}  // namespace

Form& Form::add(std::string_view name, std::string_view value) {
    if (!body_.empty()) body_ += '&';
    body_ += name;
    body_ += '=';
    append_escaped(body_, value);
    return *this;
}

Form& Form::add_given(std::string_view name, const std::optional<std::string>& value) {
    return value ? add(name, std::string_view(*value)) : *this;
}

bool is_word(std::string_view text) {
    return std::ranges::all_of(text, is_word_character);
}

}  // namespace florin::psp::stripe
