// The deadlines of one attempt, all read before the statement that opens or takes it is submitted (rule 12).
#pragma once

#include "flow/services.hpp"

namespace florin::flow {

struct Deadlines {
    Deadline commit;  // of that statement
    Deadline call;    // past it nothing is sent
    Deadline lease;   // past it the resolver does what is left

    static Deadlines from_now(const FlowOptions& options) {
        return {.commit = Deadline::after(options.answer_within),
                .call = Deadline::after(options.psp_deadline),
                .lease = Deadline::after(options.lease)};
    }
};

}  // namespace florin::flow
