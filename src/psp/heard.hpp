// What one exchange with a PSP told about the PSP itself: whether it is there, and whether it wants less of us.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.hpp"

namespace florin::psp {

struct Heard {
    enum class Kind : std::uint8_t {
        answered,  // whatever it said, it works
        limited,   // it asks for fewer requests: 429
        silent,    // refused, reset, timed out, or a 5xx that is not a stored answer told again
    };
    Kind kind = Kind::answered;
    std::optional<Milliseconds> wait{};  // its Retry-After
};
using Listener = std::function<void(Heard)>;

}  // namespace florin::psp
