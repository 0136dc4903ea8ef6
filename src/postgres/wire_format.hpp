// PostgreSQL's binary representation of the types that Florin uses: integers big-endian, timestamptz as microseconds
// since 2000-01-01 UTC, uuid as 16 bytes, jsonb as a version byte 1 and the text (manual, "Binary Format of Data Types"
// in src/backend/utils/adt). Shared by parameters and results.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/clock.hpp"

namespace florin::postgres::wire {

inline constexpr char kJsonbVersion = '\x01';
inline constexpr WallTime kEpoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};

template <std::signed_integral T>
void append(std::string& out, T value) {
    auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>((bits >> shift) & 0xff));
    }
}

template <std::signed_integral T>
T read(const char* bytes) {
    std::make_unsigned_t<T> bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        bits = static_cast<std::make_unsigned_t<T>>((bits << 8) | static_cast<unsigned char>(bytes[i]));
    }
    return static_cast<T>(bits);
}

inline std::int64_t to_wire(WallTime time) {
    return (time - kEpoch).count();
}
inline WallTime time_of(std::int64_t wire) {
    return kEpoch + std::chrono::microseconds(wire);
}

}  // namespace florin::postgres::wire
