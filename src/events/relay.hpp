// The relay: from the links of the chain, which are written with the payments, to the events that merchants read. Any
// number of them may run, in any number of processes: of two that read the same links one writes. It keeps nothing in
// memory, so that it may be killed anywhere.
#pragma once

#include "observe/metrics.hpp"
#include "store/events.hpp"

namespace florin::events {

struct RelayOptions {
    int links = 16;           // of each writer, in one pass
    Milliseconds pause{200};  // between two passes
};

// What came of one.
enum class Pass : std::uint8_t {
    nothing,  // nothing is linked, or it cannot be relayed
    lost,     // another relay was quicker
    all,      // everything that was linked
    more,     // as much as one pass takes
};

class Relay {
public:
    Relay(store::Events& events, const Clock& clock, observe::Metrics& metrics, RelayOptions options = {});
    // Relays what is linked, and says when to come again; trouble is logged and waited out.
    Task<Milliseconds> pass();
    Task<void> finish() { co_return; }
    Task<Pass> relay_once();

private:
    store::Events& events_;
    const Clock& clock_;
    observe::Metrics& metrics_;
    RelayOptions options_;
};

}  // namespace florin::events
