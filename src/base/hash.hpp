// SHA-256 and HMAC-SHA-256 (OpenSSL), hexadecimal, and the constant-time compare for secrets.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace florin {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
std::string to_hex(std::string_view bytes);
std::string to_hex(const Digest& digest);
bool equal_in_constant_time(std::string_view a, std::string_view b);
// Cryptographically random bytes, as characters of [0-9A-Za-z].
std::string random_token(std::size_t characters);

}  // namespace florin
