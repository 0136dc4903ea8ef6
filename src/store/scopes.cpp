#include "store/scopes.hpp"

#include <array>

#include "base/assert.hpp"

namespace florin::store {
namespace {

constexpr std::array kAll{Scope::read, Scope::write, Scope::refund, Scope::admin};

std::optional<Scope> parse_scope(std::string_view word) {
    for (const Scope scope : kAll) {
        if (to_string(scope) == word) return scope;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Scopes> Scopes::parse(std::string_view text) {
    Scopes scopes;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        const auto scope = parse_scope(text.substr(begin, end - begin));
        if (!scope || scopes.has(*scope)) return std::nullopt;
        scopes.bits_ |= static_cast<std::uint8_t>(*scope);
        begin = end + 1;
    }
    return scopes;
}

std::string_view to_string(Scope scope) {
    switch (scope) {
        case Scope::read:
            return "read";
        case Scope::write:
            return "write";
        case Scope::refund:
            return "refund";
        case Scope::admin:
            return "admin";
    }
    assertion_failed("a Scope outside its enumeration", __FILE__, __LINE__);
}

std::string to_string(Scopes scopes) {
    std::string text;
    for (const Scope scope : kAll) {
        if (!scopes.has(scope)) continue;
        if (!text.empty()) text += ',';
        text += to_string(scope);
    }
    return text;
}

}  // namespace florin::store
