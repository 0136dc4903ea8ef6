// What a use case answers to its HTTP session.
#pragma once

#include <string>

#include "base/error.hpp"
#include "payments/payment.hpp"

namespace florin::flow {

struct Answer {
    int status = 200;        // 200, 202, 402, 422, 503
    std::string body;        // the stored bytes; for 202 the provisional document
    bool replayed = false;   // Idempotent-Replayed: true
    int retry_after_s = 0;   // with 503 and 202
    bool is_problem() const { return status >= 400; }
};

}  // namespace florin::flow
