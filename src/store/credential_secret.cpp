#include "store/credential_secret.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace florin::store {
namespace {

constexpr std::size_t kCharacters = 48;
constexpr std::size_t kShown = 4;
constexpr std::array kModes{KeyMode::test, KeyMode::live, KeyMode::admin};

std::string_view prefix_of(KeyMode mode) {
    switch (mode) {
        case KeyMode::test:
            return "sk_test_";
        case KeyMode::live:
            return "sk_live_";
        case KeyMode::admin:
            return "sk_admin_";
    }
    assertion_failed("a KeyMode outside its enumeration", __FILE__, __LINE__);
}

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

std::string_view to_string(KeyMode mode) {
    const auto prefix = prefix_of(mode);
    return prefix.substr(3, prefix.size() - 4);
}

std::optional<KeyMode> parse_key_mode(std::string_view word) {
    const auto found = std::ranges::find(kModes, word, [](KeyMode mode) { return to_string(mode); });
    return found == kModes.end() ? std::nullopt : std::optional(*found);
}

Secret make_key(KeyMode mode) {
    return Secret(std::string(prefix_of(mode)) + random_token(kCharacters));
}

bool has_key_form(std::string_view key) {
    return std::ranges::any_of(kModes, [&](KeyMode mode) {
        const auto prefix = prefix_of(mode);
        return key.size() == prefix.size() + kCharacters && key.starts_with(prefix) &&
               std::ranges::all_of(key.substr(prefix.size()), is_letter_or_digit);
    });
}

std::string hint_of(const Secret& key) {
    const auto text = key.expose();
    std::string hint(text.substr(0, text.size() - kCharacters));
    return hint.append("…").append(text.substr(text.size() - kShown));
}

std::string hash_of_key(const Secret& pepper, std::string_view key) {
    const auto digest = hmac_sha256(pepper.expose(), key);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace florin::store
