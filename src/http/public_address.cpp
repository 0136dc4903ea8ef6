#include "http/public_address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace florin::http {
namespace asio = boost::asio;

namespace {

template <class Bits>
struct Range {
    Bits first;
    int prefix;
    constexpr bool contains(Bits address) const {
        return ((address ^ first) >> (static_cast<int>(sizeof(Bits)) * 8 - prefix)) == 0;
    }
};

constexpr Range<std::uint32_t> v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d, int prefix) {
    return {a << 24 | b << 16 | c << 8 | d, prefix};
}

// The upper half of an IPv6 address: no range below is longer.
constexpr Range<std::uint64_t> v6(std::uint64_t a, std::uint64_t b, std::uint64_t c, int prefix) {
    return {a << 48 | b << 32 | c << 16, prefix};
}

constexpr auto kSpecialV4 = std::to_array<Range<std::uint32_t>>({
    v4(0, 0, 0, 0, 8),         // "this network": Linux takes 0.0.0.0 for itself
    v4(10, 0, 0, 0, 8),        // private
    v4(100, 64, 0, 0, 10),     // shared behind carriers' NAT; a cloud's metadata
    v4(127, 0, 0, 0, 8),       // loopback
    v4(168, 63, 129, 16, 32),  // Azure's host, answers its own machines only
    v4(169, 254, 0, 0, 16),    // link-local; most clouds' metadata
    v4(172, 16, 0, 0, 12),     // private
    v4(192, 0, 0, 0, 24),      // protocol assignments; a cloud's metadata
    v4(192, 0, 2, 0, 24),      // documentation
    v4(192, 31, 196, 0, 24),   // AS112
    v4(192, 52, 193, 0, 24),   // AMT
    v4(192, 88, 99, 0, 24),    // 6to4 relays
    v4(192, 168, 0, 0, 16),    // private
    v4(192, 175, 48, 0, 24),   // AS112
    v4(198, 18, 0, 0, 15),     // benchmarking
    v4(198, 51, 100, 0, 24),   // documentation
    v4(203, 0, 113, 0, 24),    // documentation
    v4(224, 0, 0, 0, 4),       // multicast
    v4(240, 0, 0, 0, 4),       // reserved, and the broadcast address
});

// All that is assigned to the public stands in one eighth (RFC 4291, section 2.4). Outside of it are loopback, mapped
// and compatible IPv4, NAT64, discard-only, segment routing, unique local, link-local, site-local and multicast
// addresses.
constexpr auto kGlobalUnicast = v6(0x2000, 0, 0, 3);

constexpr auto kSpecialV6 = std::to_array<Range<std::uint64_t>>({
    v6(0x2001, 0, 0, 23),            // protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, drones
    v6(0x2001, 0x0db8, 0, 32),       // documentation
    v6(0x2002, 0, 0, 16),            // 6to4
    v6(0x2620, 0x004f, 0x8000, 48),  // AS112
    v6(0x3ffe, 0, 0, 16),            // the former 6bone
    v6(0x3fff, 0, 0, 20),            // documentation
});

template <class Ranges, class Bits>
constexpr bool is_in(const Ranges& ranges, Bits address) {
    return std::ranges::any_of(ranges, [&](const auto& range) { return range.contains(address); });
}

// ISATAP (RFC 5214, section 6.1): the lower half is 0000:5efe or 0200:5efe and an IPv4 address.
constexpr bool is_isatap(std::uint64_t lower) {
    return ((lower >> 32) & 0xfdff'ffff) == 0x0000'5efe;
}

constexpr std::uint64_t half(const asio::ip::address_v6::bytes_type& bytes, std::size_t from) {
    std::uint64_t value = 0;
    for (std::size_t at = from; at < from + 8; ++at) value = value << 8 | bytes[at];
    return value;
}

}  // namespace

bool is_public(const asio::ip::address& address) {
    if (address.is_v4()) return !is_in(kSpecialV4, std::uint32_t{address.to_v4().to_uint()});
    const auto v6_address = address.to_v6();
    const auto bytes = v6_address.to_bytes();
    const auto upper = half(bytes, 0);
    return v6_address.scope_id() == 0 && kGlobalUnicast.contains(upper) && !is_in(kSpecialV6, upper) &&
           !is_isatap(half(bytes, 8));
}

}  // namespace florin::http
