// What the resolver may take of one PSP account. To look for it sorts all that is due, and beside a backlog that steals
// from the payments of the moment: so a look remembers thousands, oldest first, and these are taken by name until they
// are used up or a few seconds have passed. What is remembered is nobody's yet: whether it is still due, the taking
// says (rule 9).
#pragma once

#include <deque>
#include <vector>

#include "flow/services.hpp"

namespace florin::flow {

class DueOperations {
public:
    DueOperations(const Services& services, const PspAccount& account);
    // Up to `limit` that are due now, the oldest first; fewer when there are no more.
    Task<std::vector<store::Taken>> take(std::size_t limit);

private:
    Task<void> look();
    Task<std::vector<store::Taken>> take_next(std::size_t limit);

    const Services& services_;
    const PspAccount& account_;
    std::deque<OperationId> found_;
    Deadline look_at_;
};

}  // namespace florin::flow
