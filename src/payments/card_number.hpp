// Card numbers never come in: what looks like one is refused wherever it stands, and no message repeats it.
#pragma once

#include <string_view>

namespace florin::payments {

// 13–19 digits, with or without spaces or dashes between them, Luhn-valid, with a scheme's prefix of that length.
bool is_card_number(std::string_view text);

// True when a card number stands anywhere in the text, its digits not part of a longer group of digits. Identifiers are
// not searched, because one in a thousand looks like a card number by chance: a UUID as RFC 9562 writes it, and a word
// of 32, 40, 56, 64, 96 or 128 hexadecimal digits (UUID, MD5, SHA-1, SHA-2), when it has one of the letters a, b, c, e.
// Track data, whose only letters are D and F (ISO/IEC 7813, EMV tag 57), has none and is searched.
bool contains_card_number(std::string_view text);

}  // namespace florin::payments
