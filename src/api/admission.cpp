#include "api/admission.hpp"

#include <algorithm>
#include <cmath>

#include "base/assert.hpp"

namespace florin::api {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds kWindow{200};
constexpr std::size_t kFewest = 3;  // samples: one long pause of the machine is no queue
// Seconds at which each class's queue is held. A modification that waits longer is hardly answered within ten.
constexpr std::array<double, kRequestClasses> kTargets{0.25, 0.5, 4.0};
// Of the error as a multiple of the target. A refusal is seen only when the head of the queue was admitted under it: a
// stronger reaction would swing.
constexpr double kProportional = 0.9;
constexpr double kIntegral = 0.3;       // per second
constexpr double kForgetsWithin = 2.0;  // seconds, once the delay is below half of the target
constexpr double kMost = 6;             // one of 400 still goes on
constexpr double kNegligible = 0.01;
// While new payments give way a little, reads do so almost wholly.
constexpr double kReadsBeforePayments = 10;
constexpr unsigned kRetryWithin = 4;  // seconds; spread, so that repeats do not come back together

}  // namespace

std::string_view to_string(RequestClass type) {
    switch (type) {
        case RequestClass::read:
            return "read";
        case RequestClass::payment:
            return "payment";
        case RequestClass::modification:
            return "modification";
    }
    assertion_failed("a RequestClass outside its enumeration", __FILE__, __LINE__);
}

std::optional<RequestClass> class_of(const Route& route) {
    switch (route.access) {
        case Access::open:
        case Access::signature:  // psp_webhooks.cpp says why
        case Access::admin:
            return std::nullopt;
        case Access::read:
            return RequestClass::read;
        case Access::write:
        case Access::refund:
            // What is done to a payment has the payment's id in its path.
            return route.path.find('{') == std::string_view::npos ? RequestClass::payment : RequestClass::modification;
    }
    assertion_failed("an Access outside its enumeration", __FILE__, __LINE__);
}

void Admission::steer(Control& control, double error, double elapsed) {
    if (error < -0.5) {
        control.integral *= std::exp(-elapsed / kForgetsWithin);
    } else {
        // Bounded, so that the peak of an onset is not paid for by refusals long after it.
        control.integral = std::clamp(control.integral + kIntegral * std::min(error, 1.0) * elapsed, 0.0, kMost);
    }
    control.strength = std::clamp(control.integral + kProportional * error, 0.0, kMost);
}

void Admission::observe(std::chrono::nanoseconds delay, Moment now) {
    const double elapsed =
        samples_.empty() ? 0 : Seconds(std::min<Moment::duration>(now - samples_.back().at, kWindow)).count();
    samples_.push_back({now, delay});
    while (samples_.size() > kFewest && samples_.front().at < now - kWindow) samples_.pop_front();
    standing_ =
        samples_.size() < kFewest ? std::chrono::nanoseconds(0) : std::ranges::min(samples_, {}, &Sample::delay).delay;
    for (std::size_t i = 0; i < kRequestClasses; ++i)
        steer(controls_[i], Seconds(standing_).count() / kTargets[i] - 1, elapsed);
    auto& reads = controls_[static_cast<std::size_t>(RequestClass::read)].strength;
    const auto& payments = controls_[static_cast<std::size_t>(RequestClass::payment)].strength;
    reads = std::min(std::max(reads, kReadsBeforePayments * payments), kMost);
}

double Admission::share(RequestClass type) const {
    const double strength = controls_[static_cast<std::size_t>(type)].strength;
    return strength < kNegligible ? 1 : std::exp(-strength);
}

std::optional<Refusal> Admission::refuse(RequestClass type) {
    auto& credit = controls_[static_cast<std::size_t>(type)].credit;
    credit = std::min(credit + share(type), 2.0);
    if (credit >= 1) {
        credit -= 1;
        return std::nullopt;
    }
    ++refused_[static_cast<std::size_t>(type)];
    return Refusal{.error = Error::overloaded,
                   .detail =
                       "Florin has more to do than it can; nothing of this request was begun. Repeat it with the "
                       "same Idempotency-Key after Retry-After seconds.",
                   .retry_after_s = static_cast<int>(1 + retries_++ % kRetryWithin)};
}

}  // namespace florin::api
