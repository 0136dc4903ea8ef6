// The search for card numbers, against a slow and plain reading of its contract, and the promise that no text around a
// number hides it.
#include "fuzz/property.hpp"

namespace florin::fuzz {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Every run from the begin of a group of digits to the end of one, with single separators between the groups.
bool contains_slowly(std::string_view text) {
    for (std::size_t begin = 0; begin < text.size(); ++begin) {
        if (!is_digit(text[begin]) || (begin > 0 && is_digit(text[begin - 1]))) continue;
        for (std::size_t end = begin + 1; end <= text.size() && end - begin <= 40; ++end) {
            const char last = text[end - 1];
            const bool separates = (last == ' ' || last == '-') && is_digit(text[end - 2]);
            if (!is_digit(last) && !separates) break;
            const bool group_ends = is_digit(last) && (end == text.size() || !is_digit(text[end]));
            if (group_ends && payments::is_card_number(text.substr(begin, end - begin))) return true;
        }
    }
    return payments::is_card_number(text);
}

bool is_word_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether exactly these characters are an identifier.
bool is_identifier(std::string_view text) {
    std::string digits;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool has_dash = text.size() == 36 && (at == 8 || at == 13 || at == 18 || at == 23);
        if (has_dash != (text[at] == '-')) return false;
        if (!has_dash) digits += text[at];
    }
    if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return false;
    return digits.find_first_of("abceABCE") != std::string::npos;
}

// Of each piece between identifiers.
bool a_piece_contains_one(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (at > 0 && is_word_character(text[at - 1])) continue;
        for (const std::size_t length : std::initializer_list<std::size_t>{32, 36, 40, 56, 64, 96, 128}) {
            const auto end = at + length;
            if (end > text.size() || (end < text.size() && is_word_character(text[end]))) continue;
            if (!is_identifier(text.substr(at, length))) continue;
            return contains_slowly(text.substr(0, at)) || a_piece_contains_one(text.substr(end));
        }
    }
    return contains_slowly(text);
}

// A number between texts that do not touch its digits.
void check_hidden(std::string_view text) {
    const auto before = text.substr(0, text.size() / 2);
    const auto behind = text.substr(text.size() / 2);
    for (const std::string_view number : {"4242424242424242", "4242 4242 4242 4242", "3782-822463-10005"}) {
        std::string whole(before);
        whole.append(":").append(number).append(":").append(behind);
        must(payments::contains_card_number(whole), "no text around a number hides it");
    }
}

}  // namespace
}  // namespace florin::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace florin;
    const auto text = fuzz::text_of(data, size);
    const bool found = payments::contains_card_number(text);
    fuzz::must(found == fuzz::a_piece_contains_one(text), "the fast search is the plain one");
    fuzz::must(found || !payments::is_card_number(text), "a text that is a number contains one");
    fuzz::check_hidden(text);
    return 0;
}
