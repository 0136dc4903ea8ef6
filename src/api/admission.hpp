// Admission under overload: what is refused with 503 before it costs anything, so that the rest is answered in time.
//
// The signal is how long work waits in this process (see DelayMeter), taken as the least of a fifth of a second: a
// burst that drains or one slow flush is no overload, a queue that stands is. Each class has a delay of its own from
// which it gives way, so there is an order without a setting: reads first, then new payments, captures, voids and
// refunds last. Within a class a share is refused that a controller finds (proportional and integral, like PIE of RFC
// 8033, on the logarithm of the admitted share, whose effect on a queue is the same whatever the load). The share moves
// steadily, holds the queue near the class's delay and is whole again a few seconds after the queue is gone.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

#include "api/routes.hpp"
#include "base/error.hpp"

namespace florin::api {

// In the order in which they give way.
enum class RequestClass : std::uint8_t { read, payment, modification };
inline constexpr std::size_t kRequestClasses = 3;
std::string_view to_string(RequestClass type);

// Nothing for what always passes: what operators and their probes need to see and mend an overload.
std::optional<RequestClass> class_of(const Route& route);

class Admission {
public:
    using Moment = std::chrono::steady_clock::time_point;

    // Called every few hundredths of a second with the current delay.
    void observe(std::chrono::nanoseconds delay, Moment now);
    // Whether the next request of the class may go on; otherwise the refusal to answer with.
    std::optional<Refusal> refuse(RequestClass type);
    // The share of a class that goes on at the moment.
    double share(RequestClass type) const;
    std::chrono::nanoseconds standing_delay() const { return standing_; }
    // How many of each class were refused since the last call.
    using Counts = std::array<std::uint64_t, kRequestClasses>;
    Counts take_refused() { return std::exchange(refused_, Counts{}); }

private:
    struct Sample {
        Moment at;
        std::chrono::nanoseconds delay;
    };
    struct Control {
        double integral = 0;  // of the logarithm of the share
        double strength = 0;  // minus that logarithm
        double credit = 1;    // what is admitted is spread evenly, not drawn
    };
    // The error: by how much the delay is above the class's, as a multiple of it.
    static void steer(Control& control, double error, double elapsed);

    std::deque<Sample> samples_;
    std::chrono::nanoseconds standing_{0};
    std::array<Control, kRequestClasses> controls_;
    Counts refused_{};
    unsigned retries_ = 0;
};

}  // namespace florin::api
