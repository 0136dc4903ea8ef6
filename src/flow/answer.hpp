// What a use case answers to its HTTP session.
#pragma once

#include <string>

#include "base/error.hpp"
#include "payments/operation.hpp"
#include "store/reads.hpp"

namespace florin::flow {

struct Answer {
    int status = 200;       // 200, 202, 402, 422, 503
    std::string body;       // the stored bytes; for 202 the provisional document
    bool replayed = false;  // Idempotent-Replayed: true
    int retry_after_s = 0;  // with 503 and 202
    bool is_problem() const { return status >= 400; }
};

// The stored status and bytes.
Answer stored_answer(const store::StoredResult& result, bool replayed);
// 202 with the document as it stands, the operation pending: never stored. Leaves only after the stored result was read
// once more (rule 18).
Answer provisional_answer(const payments::Payment& payment, const payments::Attempt& attempt);

}  // namespace florin::flow
