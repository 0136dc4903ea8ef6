// A fast 64-bit hash for checksums of the truth log and fingerprints of requests. It guards against torn writes and
// mistakes, not against anybody's intent. Its results are on disk: it never changes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace florin::simulator {

inline std::uint64_t mix(std::string_view bytes, std::uint64_t seed = 0) {
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ULL;
    constexpr std::uint64_t kMore = 0xa0761d6478bd642fULL;
    const auto fold = [](std::uint64_t a, std::uint64_t b) {
        const auto product = static_cast<unsigned __int128>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    std::uint64_t hash = fold(seed ^ kOdd, bytes.size() ^ 0xd6e8feb86659fd93ULL);
    std::uint64_t word = 0;
    for (; bytes.size() >= sizeof word; bytes.remove_prefix(sizeof word)) {
        std::memcpy(&word, bytes.data(), sizeof word);
        hash = fold(hash ^ word ^ kOdd, kMore);
    }
    if (!bytes.empty()) {
        word = 0;
        std::memcpy(&word, bytes.data(), bytes.size());
        hash = fold(hash ^ word ^ kOdd, kMore);
    }
    return fold(hash ^ kOdd, kOdd);
}

}  // namespace florin::simulator
