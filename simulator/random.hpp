// Seeded random numbers (xoshiro256**, Blackman and Vigna): the same seed and the same requests give the same ids, the
// same delays and the same faults.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <string_view>

namespace florin::simulator {

class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (auto& word : state_) {  // splitmix64, as its authors seed it
            seed += 0x9e3779b97f4a7c15ULL;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
            word = z ^ (z >> 31);
        }
    }

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    // In [0, 1).
    double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    // Standard normal (Box-Muller).
    double normal() {
        const double u = 1.0 - fraction();
        return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * fraction());
    }

    // Characters of [0-9A-Za-z]; ten of them from each number.
    void append_token(std::string& out, int characters) {
        constexpr std::string_view kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        std::uint64_t bits = 0;
        for (int i = 0; i < characters; ++i, bits /= kLetters.size()) {
            if (i % 10 == 0) bits = next();
            out.push_back(kLetters[bits % kLetters.size()]);
        }
    }

private:
    std::uint64_t state_[4];
};

}  // namespace florin::simulator
