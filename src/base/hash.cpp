#include "base/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "base/assert.hpp"

namespace florin {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Digest sha256(std::string_view bytes) {
    Digest digest;
    SHA256(bytes_of(bytes), bytes.size(), digest.data());
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest digest;
    unsigned int length = 0;
    // An empty key must not be a null pointer: OpenSSL would then reuse the key of the call before.
    const auto* result = HMAC(EVP_sha256(), key.empty() ? "" : key.data(), static_cast<int>(key.size()),
                              bytes_of(bytes), bytes.size(), digest.data(), &length);
    FLORIN_ASSERT(result != nullptr && length == digest.size());
    return digest;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        hex += kDigits[byte >> 4];
        hex += kDigits[byte & 15];
    }
    return hex;
}

std::string to_hex(const Digest& digest) {
    return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_token(std::size_t characters) {
    constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string token;
    token.reserve(characters);
    while (token.size() < characters) {
        std::array<unsigned char, 64> random;
        FLORIN_ASSERT(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
        for (const unsigned char byte : random) {
            const std::size_t index =
                byte & 63U;  // 62 and 63 are thrown away: a remainder would favour some characters
            if (index < kAlphabet.size() && token.size() < characters) token += kAlphabet[index];
        }
        OPENSSL_cleanse(random.data(), random.size());
    }
    return token;
}

}  // namespace florin
