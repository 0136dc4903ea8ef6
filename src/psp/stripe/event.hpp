// A Stripe event: {"id":"evt_…","object":"event","type":"refund.failed","created":…,"livemode":…,"data":{"object":{…}}}
// (docs.stripe.com/api/events/object). Read for hints only: what to look at, and how urgently.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "psp/event.hpp"

namespace florin::psp::stripe {

// Metadata are at the most 50 members of 40 + 500 characters, some 30 KiB, and an intent brings its charge.
inline constexpr std::size_t kEventBytes = std::size_t{256} * 1024;

// Refuses what has no envelope to be stored under: not JSON within its bounds, or a member of the envelope that is
// missing or of another form. Of the object nothing is required, and members that nobody knows are no matter.
Checked<Event> read_event(std::string_view body);

}  // namespace florin::psp::stripe
