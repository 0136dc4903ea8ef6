#include "psp/event_source.hpp"

#include "base/assert.hpp"

namespace florin::psp {

std::string_view to_string(BadDelivery why) {
    switch (why) {
        case BadDelivery::no_secret:
            return "no_secret";
        case BadDelivery::no_header:
            return "no_header";
        case BadDelivery::malformed:
            return "malformed";
        case BadDelivery::wrong:
            return "wrong";
        case BadDelivery::stale:
            return "stale";
        case BadDelivery::unreadable:
            return "unreadable";
        case BadDelivery::mode:
            return "mode";
    }
    assertion_failed("a BadDelivery outside its enumeration", __FILE__, __LINE__);
}

}  // namespace florin::psp
