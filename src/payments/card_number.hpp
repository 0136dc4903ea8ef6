// Card numbers never come in: what looks like one is refused wherever it stands, and no message repeats it.
#pragma once

#include <string_view>

namespace florin::payments {

// 13–19 digits, with or without spaces or dashes between them, Luhn-valid, with a scheme's prefix of that length.
bool is_card_number(std::string_view text);

// True when a card number stands anywhere in the text, its digits not part of a longer group of digits.
bool contains_card_number(std::string_view text);

}  // namespace florin::payments
