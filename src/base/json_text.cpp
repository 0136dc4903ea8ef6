#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/json.hpp"

namespace florin::json {
namespace {

void append_canonical(std::string& out, const boost::json::value& value);

void append_canonical(std::string& out, const boost::json::object& object) {
    std::vector<const boost::json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) members.push_back(&member);
    std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
    char before = '{';
    for (const auto* member : members) {
        out += before;
        append_string(out, member->key());
        out += ':';
        append_canonical(out, member->value());
        before = ',';
    }
    out += members.empty() ? "{}" : "}";
}

void append_canonical(std::string& out, const boost::json::array& array) {
    char before = '[';
    for (const auto& element : array) {
        out += before;
        append_canonical(out, element);
        before = ',';
    }
    out += array.empty() ? "[]" : "]";
}

void append_canonical(std::string& out, const boost::json::value& value) {
    if (const auto* object = value.if_object()) return append_canonical(out, *object);
    if (const auto* array = value.if_array()) return append_canonical(out, *array);
    if (const auto* text = value.if_string()) return append_string(out, *text);
    out += boost::json::serialize(value);
}

// The length of the well-formed sequence that begins with this lead byte, 0 for none; `low` and `high` bound its second
// byte (RFC 3629, section 4).
struct Sequence {
    std::size_t length;
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
};

Sequence sequence_of(unsigned char lead) {
    if (lead < 0x80) return {1};
    if (lead >= 0xc2 && lead <= 0xdf) return {2};
    if (lead == 0xe0) return {3, 0xa0, 0xbf};
    if (lead == 0xed) return {3, 0x80, 0x9f};
    if (lead >= 0xe1 && lead <= 0xef) return {3};
    if (lead == 0xf0) return {4, 0x90, 0xbf};
    if (lead >= 0xf1 && lead <= 0xf3) return {4};
    if (lead == 0xf4) return {4, 0x80, 0x8f};
    return {0};
}

// Most text: eight bytes at once.
bool is_ascii_word(std::string_view text, std::size_t at) {
    std::uint64_t word = 0;
    if (text.size() - at < sizeof(word)) return false;
    std::memcpy(&word, text.data() + at, sizeof(word));
    return (word & 0x8080808080808080U) == 0;
}

bool is_plain(char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

}  // namespace

std::string canonical(const boost::json::value& value) {
    std::string out;
    append_canonical(out, value);
    return out;
}

bool is_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (is_ascii_word(text, at)) {
            at += sizeof(std::uint64_t);
            continue;
        }
        const Sequence sequence = sequence_of(static_cast<unsigned char>(text[at]));
        if (sequence.length == 0 || text.size() - at < sequence.length) return false;
        for (std::size_t i = 1; i < sequence.length; ++i) {
            const auto byte = static_cast<unsigned char>(text[at + i]);
            if (byte < (i == 1 ? sequence.low : 0x80) || byte > (i == 1 ? sequence.high : 0xbf)) return false;
        }
        at += sequence.length;
    }
    return true;
}

void append_step(std::string& pointer, std::string_view name) {
    pointer += '/';
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
}

void append_string(std::string& out, std::string_view text) {
    constexpr const char* kDigits = "0123456789abcdef";
    out += '"';
    while (!text.empty()) {
        const auto special = std::ranges::find_if_not(text, is_plain);
        out.append(text.begin(), special);
        if (special == text.end()) break;
        const char c = *special;
        const auto byte = static_cast<unsigned char>(c);
        text.remove_prefix(static_cast<std::size_t>(special - text.begin()) + 1);
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else
            ((out += "\\u00") += kDigits[byte >> 4]) += kDigits[byte & 15];
    }
    out += '"';
}

}  // namespace florin::json
