// A person settles an open operation: under its lease, after the PSP was asked once more, with the evidence and the
// person's name in the audit log. Used by the command line and the admin API. What may be said is decided in
// operator_ruling.hpp.
#pragma once

#include "flow/operator_ruling.hpp"
#include "flow/services.hpp"
#include "store/administration.hpp"

namespace florin::flow {

struct Resolution {
    payments::Attempt attempt;
    payments::Payment payment;
    store::StoredResult result;
    std::string psp_said;
    bool is_proven = false;
    bool replayed = false;
};

// Refusals: not_found; conflict (409) while a worker holds the lease; operation_not_allowed when it has ended already,
// and those of rule(). When the PSP contradicts the person, what the PSP says is booked. A repeat under the author's
// idempotency key answers what was settled.
Task<Checked<Resolution>> resolve_by_operator(const Services& services, store::Administration& administration,
                                              OperationId operation, OperatorWord word, store::Author author,
                                              Deadline deadline);

}  // namespace florin::flow
