// Reads the PSP's object again because an event pointed at it. What the object shows takes the ways that everything
// takes: settle() for what is open or came too late, record_failure() for what was taken back, and an expiry for what
// was released. No lease is taken: a success or a decline that was read is a fact whoever reads it (rule 10), and all
// else is evidence (rule 26).
#pragma once

#include <string>

#include "flow/services.hpp"
#include "psp/event.hpp"

namespace florin::flow {

inline constexpr const char* kEventActor = "system:psp_events";

// What was done, in one word each.
inline constexpr const char* kSettled = "settled";
inline constexpr const char* kLateSuccess = "late_success";  // adopted or compensated
inline constexpr const char* kTakenBack = "taken_back";      // a success that did not last was reversed
inline constexpr const char* kExpiryDue = "expiry_due";      // a hold that is gone at the PSP will be released here

struct EventLook {
    bool has_read = false;        // there was something to read
    bool is_clear = true;         // whatever had to be read was read
    std::string contradiction{};  // between the object and the books: a human must look
    std::string done{};           // one of these words; empty for nothing
    std::string evidence{};       // of the last answer
};

// `known` is what stands of the subject in the books. Nothing is sent past `call`.
Task<EventLook> look_again(const Services& services, const PspAccount& account, psp::Subject subject,
                           store::KnownPayment known, Deadline call);

}  // namespace florin::flow
