#include "base/id.hpp"

#include <sys/random.h>
#include <algorithm>

#include <atomic>
#include <cstring>

#include "base/assert.hpp"

namespace florin {
namespace {

// The 60 bits that order ids: 48 of milliseconds and 12 of rand_a, which counts within the millisecond.
constexpr int kCounterBits = 12;
// When the wall clock steps back by more than this, ids follow it: a month's partition matters more than their order.
constexpr std::uint64_t kLongestStepBack_ms = 10'000;

std::uint64_t next_order(std::uint64_t now_ms) {
    static std::atomic<std::uint64_t> last{0};
    const std::uint64_t floor = now_ms << kCounterBits;
    std::uint64_t before = last.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        const bool stepped_back = (before >> kCounterBits) > now_ms + kLongestStepBack_ms;
        // A full counter carries into the milliseconds: the next one is borrowed.
        next = before < floor || stepped_back ? floor : before + 1;
    } while (!last.compare_exchange_weak(before, next, std::memory_order_relaxed));
    return next;
}

// getrandom costs a system call: one serves 512 ids.
std::uint64_t random_bits() {
    constexpr std::size_t kWords = 512;
    thread_local std::array<std::uint64_t, kWords> buffer;
    thread_local std::size_t used = kWords;
    if (used == kWords) {
        auto* at = reinterpret_cast<char*>(buffer.data());
        for (std::size_t left = sizeof buffer; left > 0;) {
            const ssize_t got = getrandom(at, left, 0);
            if (got < 0) {
                FLORIN_ASSERT(errno == EINTR);
                continue;
            }
            at += got;
            left -= static_cast<std::size_t>(got);
        }
        used = 0;
    }
    return buffer[used++];
}

void put_big_endian(std::uint8_t* at, std::uint64_t value) {
    for (int i = 7; i >= 0; --i, value >>= 8) at[i] = static_cast<std::uint8_t>(value);
}

std::uint64_t get_big_endian(const std::uint8_t* at) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | at[i];
    return value;
}

constexpr bool is_dash(std::size_t position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

std::string to_string(const Uuid& uuid, std::string_view prefix) {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string text(prefix.size() + 36, '-');
    char* const digits = std::ranges::copy(prefix, text.data()).out;
    std::size_t at = 0;
    for (const std::uint8_t byte : uuid.bytes) {
        if (is_dash(at)) ++at;
        digits[at++] = kDigits[byte >> 4];
        digits[at++] = kDigits[byte & 15];
    }
    return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid uuid;
    std::size_t at = 0;
    for (std::uint8_t& byte : uuid.bytes) {
        if (is_dash(at)) {
            if (text[at] != '-') return std::nullopt;
            ++at;
        }
        const int high = hex_value(text[at]);
        const int low = hex_value(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        byte = static_cast<std::uint8_t>(high << 4 | low);
        at += 2;
    }
    return uuid;
}

Uuid make_uuid(WallTime now, Bucket bucket, bool live) {
    const auto since_epoch = std::chrono::floor<Milliseconds>(now).time_since_epoch().count();
    FLORIN_ASSERT(since_epoch >= 0);
    return make_uuid(static_cast<IdOrder>(next_order(static_cast<std::uint64_t>(since_epoch))), bucket, live);
}

Uuid make_uuid(IdOrder place, Bucket bucket, bool live) {
    FLORIN_ASSERT(bucket.value < kBuckets && place >= 0);
    const auto order = static_cast<std::uint64_t>(place);
    constexpr std::uint64_t kVersion = 7ULL << 12;
    constexpr std::uint64_t kVariant = 2ULL << 62;
    const std::uint64_t high = order >> kCounterBits << 16 | kVersion | (order & 0xfff);
    const std::uint64_t low =
        kVariant | std::uint64_t{bucket.value} << 48 | std::uint64_t{live} << 47 | random_bits() >> 17;
    Uuid uuid;
    put_big_endian(uuid.bytes.data(), high);
    put_big_endian(uuid.bytes.data() + 8, low);
    return uuid;
}

Bucket bucket_of(const Uuid& id) {
    return {static_cast<std::uint16_t>(get_big_endian(id.bytes.data() + 8) >> 48 & (kBuckets - 1U))};
}

bool is_live(const Uuid& id) {
    return (get_big_endian(id.bytes.data() + 8) >> 47 & 1) != 0;
}

WallTime time_of(const Uuid& id) {
    return WallTime(Milliseconds(get_big_endian(id.bytes.data()) >> 16));
}

}  // namespace florin

std::size_t std::hash<florin::Uuid>::operator()(const florin::Uuid& uuid) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, uuid.bytes.data(), 8);
    std::memcpy(&low, uuid.bytes.data() + 8, 8);
    return static_cast<std::size_t>((high * 0x9e3779b97f4a7c15ULL) ^ low);
}
