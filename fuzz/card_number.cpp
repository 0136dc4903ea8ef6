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
    fuzz::must(found == fuzz::contains_slowly(text), "the fast search is the plain one");
    fuzz::must(found || !payments::is_card_number(text), "a text that is a number contains one");
    fuzz::check_hidden(text);
    return 0;
}
