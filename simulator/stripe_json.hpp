// Appending JSON members by hand, for the renderers of Stripe's objects.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "simulator/stripe_objects.hpp"

namespace florin::simulator {

inline void append_number(std::string& out, std::int64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

// Nothing to escape; without a branch for each character.
inline bool is_plain(std::string_view text) {
    bool has_special = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        has_special |= (byte < 0x20) | (byte == '"') | (byte == '\\');
    }
    return !has_special;
}

inline void append_text(std::string& out, std::string_view text) {
    if (!is_plain(text)) return json::append_string(out, text);
    out.push_back('"');
    out.append(text).push_back('"');
}

inline void append_text_or_null(std::string& out, std::string_view text) {
    if (text.empty()) {
        out.append("null");
    } else {
        append_text(out, text);
    }
}

// `name` is `,"name":`, so that the usual member is two appends.
inline void append_member(std::string& out, std::string_view name, std::string_view text) {
    out.append(name);
    append_text_or_null(out, text);
}

inline void append_member(std::string& out, std::string_view name, std::int64_t number) {
    out.append(name);
    append_number(out, number);
}

// For words that need no escaping: ids, statuses, currencies. `name` ends with the opening quote.
inline void append_word(std::string& out, std::string_view name, std::string_view word) {
    out.append(name).append(word).push_back('"');
}

inline void append_metadata(std::string& out, const Pairs& metadata) {
    out.append(",\"metadata\":{");
    for (bool first = true; const auto& [key, value] : metadata) {
        if (!first) out.push_back(',');
        first = false;
        append_text(out, key);
        out.push_back(':');
        append_text(out, value);
    }
    out.push_back('}');
}

}  // namespace florin::simulator
