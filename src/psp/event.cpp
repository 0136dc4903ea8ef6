#include "psp/event.hpp"

#include "base/assert.hpp"

namespace florin::psp {

std::string_view to_string(Weight weight) {
    switch (weight) {
        case Weight::outcome:
            return "outcome";
        case Weight::informational:
            return "informational";
    }
    assertion_failed("a Weight outside its enumeration", __FILE__, __LINE__);
}

std::string_view to_string(Says says) {
    switch (says) {
        case Says::succeeded:
            return "succeeded";
        case Says::authorized:
            return "authorized";
        case Says::failed:
            return "failed";
        case Says::canceled:
            return "canceled";
        case Says::processing:
            return "processing";
        case Says::requires_action:
            return "requires_action";
        case Says::other:
            return "other";
    }
    assertion_failed("a Says outside its enumeration", __FILE__, __LINE__);
}

}  // namespace florin::psp
