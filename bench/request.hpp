// One request of a merchant, and the bytes that ask it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace florin::bench {

enum class Kind : std::uint8_t { sale, authorize, capture, void_, refund, get, list };
inline constexpr std::size_t kKinds = 7;
std::string_view to_string(Kind kind);
constexpr bool is_read(Kind kind) {
    return kind == Kind::get || kind == Kind::list;
}
constexpr bool creates(Kind kind) {
    return kind == Kind::sale || kind == Kind::authorize;
}

struct Asked {
    Kind kind = Kind::sale;
    std::uint64_t number = 0;  // with the kind, what is unique in its Idempotency-Key
    std::size_t merchant = 0;  // the number of its API key
    std::int64_t amount = 0;
    std::string payment{};  // what it is about, where that exists
    bool repeats = false;   // the same was asked before, under the same key
};

// `run` makes the idempotency keys of this process unique.
std::string request_text(const Asked& asked, std::string_view key, std::string_view run, std::string_view currency);

}  // namespace florin::bench
