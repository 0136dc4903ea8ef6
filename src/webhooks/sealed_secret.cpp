#include "webhooks/sealed_secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include <array>
#include <memory>

#include "base/assert.hpp"
#include "webhooks/base64.hpp"

namespace florin::webhooks {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = 1 + kNonceBytes;
constexpr std::string_view kLabel = "florin webhook secrets v1";

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher new_cipher() {
    Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    FLORIN_ASSERT(cipher != nullptr);
    return cipher;
}

unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// What a box is for. Fixed lengths: no two pairs give the same bytes.
std::string bound_to(const WebhookEndpointId& endpoint, int number) {
    const auto& id = endpoint.uuid().bytes;
    std::string bytes(1, kFormat);
    bytes.append(reinterpret_cast<const char*>(id.data()), id.size());
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(static_cast<std::uint32_t>(number) >> shift & 0xff);
    return bytes;
}

Secret derive_key(const Secret& pepper) {
    FLORIN_ASSERT(!pepper.empty());
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> hkdf(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr),
                                                                           EVP_PKEY_CTX_free);
    const auto ikm = pepper.expose();
    std::string key(kKeyBytes, '\0');
    std::size_t size = key.size();
    FLORIN_ASSERT(hkdf && EVP_PKEY_derive_init(hkdf.get()) == 1 &&
                  EVP_PKEY_CTX_set_hkdf_md(hkdf.get(), EVP_sha256()) == 1 &&
                  EVP_PKEY_CTX_set1_hkdf_key(hkdf.get(), bytes_of(ikm), static_cast<int>(ikm.size())) == 1 &&
                  EVP_PKEY_CTX_add1_hkdf_info(hkdf.get(), bytes_of(kLabel), static_cast<int>(kLabel.size())) == 1 &&
                  EVP_PKEY_derive(hkdf.get(), bytes_of(key), &size) == 1 && size == kKeyBytes);
    return Secret(std::move(key));
}

}  // namespace

Secret make_secret() {
    std::string random(32, '\0');
    FLORIN_ASSERT(RAND_bytes(bytes_of(random), static_cast<int>(random.size())) == 1);
    auto text = to_base64(random);
    Secret secret("whsec_" + text);
    OPENSSL_cleanse(random.data(), random.size());
    OPENSSL_cleanse(text.data(), text.size());
    return secret;
}

Sealer::Sealer(const Secret& pepper) : key_(derive_key(pepper)) {}

std::string Sealer::seal(const WebhookEndpointId& endpoint, int number, const Secret& secret) const {
    const auto plain = secret.expose();
    const auto bound = bound_to(endpoint, number);
    std::string box(kHeadBytes + plain.size() + kTagBytes, kFormat);
    auto* nonce = bytes_of(box) + 1;
    auto* text = bytes_of(box) + kHeadBytes;
    FLORIN_ASSERT(RAND_bytes(nonce, kNonceBytes) == 1);
    const auto cipher = new_cipher();
    int size = 0;
    // GCM writes as many bytes as it gets, and none at its end but the tag.
    FLORIN_ASSERT(EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(key_.expose()), nonce, nullptr) == 1 &&
                  EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(bound), static_cast<int>(bound.size())) ==
                      1 &&
                  EVP_EncryptUpdate(cipher.get(), text, &size, bytes_of(plain), static_cast<int>(plain.size())) == 1 &&
                  EVP_EncryptFinal_ex(cipher.get(), text + plain.size(), &size) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, text + plain.size()) == 1);
    return box;
}

std::optional<Secret> Sealer::unseal(const WebhookEndpointId& endpoint, int number, std::string_view box) const {
    if (box.size() < kHeadBytes + kTagBytes || box.front() != kFormat) return std::nullopt;
    const auto bound = bound_to(endpoint, number);
    const auto sealed = box.substr(kHeadBytes, box.size() - kHeadBytes - kTagBytes);
    std::string tag(box.substr(box.size() - kTagBytes));
    std::string plain(sealed.size() + 1, '\0');
    const auto cipher = new_cipher();
    int size = 0;
    const bool is_genuine =
        EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(key_.expose()), bytes_of(box.substr(1)),
                            nullptr) == 1 &&
        EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(bound), static_cast<int>(bound.size())) == 1 &&
        EVP_DecryptUpdate(cipher.get(), bytes_of(plain), &size, bytes_of(sealed), static_cast<int>(sealed.size())) ==
            1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), bytes_of(plain) + sealed.size(), &size) == 1;
    Secret secret(std::move(plain));  // wiped also where it is not genuine
    if (!is_genuine) return std::nullopt;
    return Secret(std::string(secret.expose().substr(0, sealed.size())));
}

}  // namespace florin::webhooks
