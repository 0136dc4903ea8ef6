// The way in for events of one PSP: says who sent a delivery and what it tells, and believes nobody who cannot prove
// it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "psp/event.hpp"

namespace florin::psp {

struct Delivery {
    std::string account;  // the one whose secret signed; its mode is the event's
    Event event;
};
// Why a delivery is not taken.
enum class BadDelivery : std::uint8_t {
    no_secret,   // none is configured, so nobody can be believed
    no_header,   // the signature is missing or empty
    malformed,   // it is no signature
    wrong,       // no secret made it of this body
    stale,       // authentic, and too old or too far ahead
    unreadable,  // authentic, and no event
    mode,        // authentic, and not of the secret's mode
};
std::string_view to_string(BadDelivery why);
// True when the PSP sent it, and we cannot take it: somebody has to look.
constexpr bool is_authentic(BadDelivery why) {
    return why == BadDelivery::stale || why == BadDelivery::unreadable || why == BadDelivery::mode;
}

struct Undeliverable {
    BadDelivery why;
    std::string detail{};  // for who reads the log; nothing of the body but names of members
};

class EventSource {
public:
    virtual ~EventSource() = default;
    virtual std::string_view psp() const = 0;
    virtual std::string_view signature_header() const = 0;  // lower-case
    // `signature` is the header's value, empty where it is missing or stands more than once; `body` the bytes as they
    // came.
    virtual std::expected<Delivery, Undeliverable> read(std::string_view signature, std::string_view body,
                                                        WallTime now) const = 0;
};

}  // namespace florin::psp
