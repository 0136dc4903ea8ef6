// What fuzz targets share. A target is one function from bytes to nothing that ends the process when a property does
// not hold; libFuzzer keeps the bytes. `tools/fuzz.sh --help` says how to run them and what to do with a finding.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/json.hpp"
#include "payments/card_number.hpp"

namespace florin::fuzz {

inline void must(bool holds, const char* property, std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%u: property broken: %s\n", where.file_name(), where.line(), property);
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// Hands the JSON that an input is to each of the checks.
template <class... Checks>
int with_json(const std::uint8_t* data, std::size_t size, Checks... checks) {
    const auto body = json::parse(text_of(data, size));
    if (body) (checks(*body), ...);
    return 0;
}

// A pointer without its escapes: "~1" in front of digits is no digit.
inline std::string unescaped(std::string pointer) {
    for (auto at = pointer.find('~'); at != std::string::npos; at = pointer.find('~', at + 1))
        pointer.replace(at, 2, pointer.substr(at + 1, 1) == "1" ? "/" : "~");
    return pointer;
}

// A refusal goes into a JSON body and into logs: text that both can hold, short, and without what it must never repeat.
inline void must_be_showable(const Refusal& refusal) {
    constexpr std::size_t kLongest = 1000;
    must(!refusal.detail.empty() && refusal.detail.size() <= kLongest, "a refusal says why, in short");
    must(refusal.pointer.size() <= kLongest, "a pointer is short");
    must(json::is_utf8(refusal.detail) && json::is_utf8(refusal.pointer), "a refusal is valid UTF-8");
    must(!payments::contains_card_number(refusal.detail), "a refusal repeats no card number");
    must(!payments::contains_card_number(unescaped(refusal.pointer)), "a pointer repeats no card number");
}

// Numbers that depend on the input alone, so that a finding repeats: splitmix64 over an FNV-1a hash.
class Dice {
public:
    explicit Dice(std::string_view input) {
        for (const char c : input) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    std::size_t below(std::size_t limit) {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return static_cast<std::size_t>((mixed ^ (mixed >> 31)) % limit);
    }

private:
    std::uint64_t state_ = 0xcbf29ce484222325;
};

}  // namespace florin::fuzz
