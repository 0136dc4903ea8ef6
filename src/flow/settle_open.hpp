// One look at operations that were taken under a lease: the next step of each, the PSP's answer, and its commit. The
// resolver and a request that adopts share it.
#pragma once

#include <vector>

#include "flow/next_step.hpp"
#include "flow/settle.hpp"

namespace florin::flow {

inline constexpr const char* kResolverActor = "system:resolver";

// The taken operations of one PSP account. `call` was read before the statement that took them was submitted (rule 12);
// past it nothing is sent.
struct OpenWork {
    const PspAccount& account;
    Deadline call;
};

// Any step but look_up.
Task<Standing> settle_by_asking(const Services& services, OpenWork work, store::Taken taken, StepKind step);
// One sweep for a group (look_up_groups.hpp), and what it shows of each. Each is settled by itself: what one throws is
// logged and leaves it to the next look.
Task<psp::Sweep> sweep_for(OpenWork work, psp::LookUp wanted);
Task<std::vector<Standing>> settle_swept(const Services& services, OpenWork work, std::vector<store::Taken> group,
                                         psp::Sweep sweep);
// Whatever the next step is.
Task<Standing> settle_open(const Services& services, OpenWork work, store::Taken taken);

}  // namespace florin::flow
