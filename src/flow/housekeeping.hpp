// What a worker does beside settling: metrics of what is open, and the months ahead in the database.
#pragma once

#include <set>

#include "flow/create_payment.hpp"

namespace florin::flow {

class Housekeeping {
public:
    explicit Housekeeping(const Services& services);
    // Does what is due; trouble is logged and tried again when it is due next.
    Task<void> pass();

private:
    Task<void> count_open();
    Task<void> keep_months_ahead();

    const Services& services_;
    Deadline count_at_;
    Deadline months_at_;
    std::set<std::string> currencies_;  // whose amount at risk was shown: shown as 0 when nothing is open any more
};

}  // namespace florin::flow
