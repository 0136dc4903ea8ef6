#include "webhooks/base64.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace florin::webhooks {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a zero behind it
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text), static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    // OpenSSL overlooks white space, and bits that no byte has.
    auto again = to_base64(bytes);
    const bool is_canonical = again == text;
    OPENSSL_cleanse(again.data(), again.size());
    if (is_canonical) return bytes;
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return std::nullopt;
}

}  // namespace florin::webhooks
