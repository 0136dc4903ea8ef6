// What changes of an intent are worth an event: found by comparing it before and after one request, so that no place
// that changes money can forget to tell.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simulator/stripe_objects.hpp"

namespace florin::simulator {

// An intent as far as events tell of it. The default is the one that does not exist yet.
struct Told {
    bool exists = false;
    Status status = Status::requires_payment_method;
    std::size_t charges = 0;
    std::int64_t received = 0;
    std::int64_t capturable = 0;
    boost::container::small_vector<RefundStatus, 2> refunds{};
};
Told told_of(const Intent& intent);

// One thing to tell: the type of the event, and which object it shows.
struct Happening {
    enum class Shows : std::uint8_t { created_intent, intent, charge, refund } shows = Shows::intent;
    std::string_view type{};
    std::size_t index = 0;  // of the charge or refund
};
// In the order in which Stripe usually sends them, which it does not promise.
std::vector<Happening> happenings(const Told& before, const Intent& after);

}  // namespace florin::simulator
