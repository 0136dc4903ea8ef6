// What a key may do. A merchant's key has some of read, write, refund and admin; an operator's key has admin alone.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace florin::store {

enum class Scope : std::uint8_t {
    read = 1,    // every GET of the merchant's own
    write = 2,   // create, capture and void payments
    refund = 4,  // give money back
    admin = 8,   // manage keys: the merchant's own, or with an operator's key everybody's and the merchants too
};

class Scopes {
public:
    constexpr Scopes() = default;
    constexpr Scopes(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) bits_ |= static_cast<std::uint8_t>(scope);
    }
    // "read,write": each at most once, in any order, at least one; empty for anything else.
    static std::optional<Scopes> parse(std::string_view text);

    constexpr bool has(Scope scope) const { return (bits_ & static_cast<std::uint8_t>(scope)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr bool operator==(const Scopes&) const = default;

private:
    std::uint8_t bits_ = 0;
};

// What a new key of a merchant may do unless its maker says otherwise.
inline constexpr Scopes kMerchantScopes{Scope::read, Scope::write, Scope::refund};

std::string_view to_string(Scope scope);
std::string to_string(Scopes scopes);  // "read,write,refund", always in this order

}  // namespace florin::store
