#include "simulator/form.hpp"

namespace florin::simulator {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

bool Form::decode(std::string_view query, std::string_view body) {
    decoded_.clear();
    decoded_.reserve(query.size() + body.size());
    fields_.clear();
    return decode_part(query) && decode_part(body);
}

bool Form::decode_part(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        Field field;
        if (!unescape(pair.substr(0, equals), field.key)) return false;
        if (equals != std::string_view::npos && !unescape(pair.substr(equals + 1), field.value)) return false;
        fields_.push_back(field);
    }
    return true;
}

bool Form::unescape(std::string_view text, std::string_view& out) {
    if (text.find('%') == std::string_view::npos && text.find('+') == std::string_view::npos) {
        out = text;
        return true;
    }
    const auto begin = decoded_.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded_.push_back(text[i] == '+' ? ' ' : text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return false;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return false;
        decoded_.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    out = std::string_view(decoded_).substr(begin);
    return true;
}

const std::string_view* Form::find(std::string_view key) const {
    for (auto field = fields_.rbegin(); field != fields_.rend(); ++field) {
        if (field->key == key) return &field->value;
    }
    return nullptr;
}

}  // namespace florin::simulator
