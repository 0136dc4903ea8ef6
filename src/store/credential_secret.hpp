// The text of an API key, sk_test_…, sk_live_… or sk_admin_… with 48 random characters, and the keyed hash that is
// stored in its place: HMAC-SHA-256 under the installation's pepper.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace florin::store {

// What a key is good for: a merchant's payments in one mode, or the operator's management.
enum class KeyMode : std::uint8_t { test, live, admin };

std::string_view to_string(KeyMode mode);
std::optional<KeyMode> parse_key_mode(std::string_view word);

Secret make_key(KeyMode mode);
// Whether it can be a key at all: what cannot costs no look-up.
bool has_key_form(std::string_view key);
// "sk_test_…a1B2": enough to tell one's keys apart.
std::string hint_of(const Secret& key);

// A look-up by this hash gives nothing away by its time. Index and table compare bytes of the HMAC of what was sent,
// which nobody without the pepper can choose or foresee: how far a comparison went says nothing about a stored key.
std::string hash_of_key(const Secret& pepper, std::string_view key);

}  // namespace florin::store
