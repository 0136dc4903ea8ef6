#include "store/policy.hpp"

#include "base/assert.hpp"

namespace florin::store {

std::string_view to_string(BeforeExpiry action) {
    switch (action) {
        case BeforeExpiry::none:
            return "none";
        case BeforeExpiry::capture:
            return "capture";
        case BeforeExpiry::void_:
            return "void";
    }
    assertion_failed("a BeforeExpiry outside its enumeration", __FILE__, __LINE__);
}

std::optional<BeforeExpiry> parse_before_expiry(std::string_view text) {
    for (const auto action : {BeforeExpiry::none, BeforeExpiry::capture, BeforeExpiry::void_}) {
        if (text == to_string(action)) return action;
    }
    return std::nullopt;
}

}  // namespace florin::store
