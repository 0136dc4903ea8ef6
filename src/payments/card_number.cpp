#include "payments/card_number.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace florin::payments {
namespace {

constexpr std::size_t kShortest = 13;
constexpr std::size_t kLongest = 19;

// Issuer ranges by their first four digits and the lengths in use (ISO/IEC 7812; the schemes' published ranges).
struct Scheme {
    int first;
    int last;
    std::size_t shortest;
    std::size_t longest;
};
constexpr auto kSchemes = std::to_array<Scheme>({
    {1000, 1999, 15, 15},                                              // UATP
    {2200, 2204, 16, 19},                                              // Mir
    {2221, 2720, 16, 16},                                              // Mastercard
    {3000, 3059, 14, 19},                                              // Diners Club
    {3095, 3095, 14, 19}, {3400, 3499, 15, 15},                        // American Express
    {3528, 3589, 16, 19},                                              // JCB
    {3600, 3699, 14, 19},                                              // Diners Club
    {3700, 3799, 15, 15},                                              // American Express
    {3800, 3999, 14, 19},                                              // Diners Club
    {4000, 4999, 13, 13},                                              // Visa
    {4000, 4999, 16, 16}, {4000, 4999, 19, 19}, {5000, 5099, 13, 19},  // Maestro, Dankort, Elo, Verve
    {5100, 5599, 16, 16},                                              // Mastercard
    {5600, 5899, 13, 19},                                              // Maestro
    {6000, 6999, 13, 19},  // Maestro, Discover, UnionPay, RuPay, Troy, InterPayment
    {8100, 8299, 16, 19},  // UnionPay, RuPay
    {9792, 9792, 16, 16},  // Troy
});

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_separator(char c) {
    return c == ' ' || c == '-';
}

constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr auto kDashes = std::to_array<std::size_t>({8, 13, 18, 23});
constexpr std::size_t kUuid = 36;
constexpr auto kWords = std::to_array<std::size_t>({32, 40, 56, 64, 96, 128});

constexpr bool is_among(const auto& lengths, std::size_t length) {
    return std::ranges::find(lengths, length) != lengths.end();
}

// Of the identifier that begins here; 0 when none does.
std::size_t length_of_identifier(std::string_view text) {
    std::size_t length = 0, dashes = 0;
    bool has_letter = false;
    for (; length < text.size(); ++length) {
        const bool is_dash = text[length] == '-' && is_among(kDashes, length);
        if (!is_dash && !is_hexadecimal(text[length])) break;
        dashes += is_dash ? 1 : 0;
        has_letter = has_letter || std::string_view("abceABCE").contains(text[length]);
    }
    const bool is_whole = length == text.size() || !is_letter(text[length]);
    const bool is_one = dashes == 0 ? is_among(kWords, length) : dashes == kDashes.size() && length == kUuid;
    return has_letter && is_whole && is_one ? length : 0;
}

// The digits of a candidate, at most one more than a card number can have.
struct Digits {
    std::array<char, kLongest + 1> digits{};
    std::size_t count = 0;

    bool push(char digit) {
        if (count == digits.size()) return false;
        digits[count++] = digit;
        return true;
    }
};

// ISO/IEC 7812-1, annex B: every second digit from the right but the last is doubled.
bool passes_luhn(const Digits& number) {
    int sum = 0;
    for (std::size_t i = 0; i < number.count; ++i) {
        int digit = number.digits[number.count - 1 - i] - '0';
        if (i % 2 == 1) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        sum += digit;
    }
    return sum % 10 == 0;
}

bool is_card_number(const Digits& number) {
    if (number.count < kShortest || number.count > kLongest) return false;
    int prefix = 0;
    for (std::size_t i = 0; i < 4; ++i) prefix = prefix * 10 + (number.digits[i] - '0');
    const bool known = std::ranges::any_of(kSchemes, [&](const Scheme& scheme) {
        return prefix >= scheme.first && prefix <= scheme.last && number.count >= scheme.shortest &&
               number.count <= scheme.longest;
    });
    return known && passes_luhn(number);
}

// True when the groups of digits that begin here, with single separators between them, give a card number at the end of
// one of them: "4242 4242 4242 4242 12/30" does.
bool begins_with_card_number(std::string_view text) {
    Digits number;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_digit(text[at])) {
            if (!number.push(text[at])) return false;
            const bool group_ends = at + 1 == text.size() || !is_digit(text[at + 1]);
            if (group_ends && is_card_number(number)) return true;
        } else if (!is_separator(text[at]) || !is_digit(text[at - 1])) {
            return false;
        }
    }
    return false;
}

// Without identifiers.
bool holds_card_number(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool group_begins = is_digit(text[at]) && (at == 0 || !is_digit(text[at - 1]));
        if (group_begins && begins_with_card_number(text.substr(at))) return true;
    }
    return payments::is_card_number(text);
}

}  // namespace

bool is_card_number(std::string_view text) {
    Digits number;
    for (const char c : text) {
        if (is_separator(c)) continue;
        if (!is_digit(c) || !number.push(c)) return false;
    }
    return is_card_number(number);
}

bool contains_card_number(std::string_view text) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (at > begin && (is_digit(text[at - 1]) || is_letter(text[at - 1]))) continue;
        const auto length = length_of_identifier(text.substr(at));
        if (length == 0) continue;
        if (holds_card_number(text.substr(begin, at - begin))) return true;
        begin = at + length;
        at = begin - 1;
    }
    return holds_card_number(text.substr(begin));
}

}  // namespace florin::payments
