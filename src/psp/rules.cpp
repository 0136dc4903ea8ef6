#include <algorithm>

#include "psp/psp.hpp"

namespace florin::psp {

bool Rules::repeats_are_safe() const {
    return stores_errors && std::ranges::find(proofs, Proof::same_key_repeat) != proofs.end();
}

std::string_view to_string(Proof proof) {
    switch (proof) {
        case Proof::same_key_repeat:
            return "same-key repeat";
        case Proof::look_up:
            return "look-up";
        case Proof::event:
            return "event";
        case Proof::settlement_file:
            return "settlement file";
    }
    return "";
}

}  // namespace florin::psp
