// Reads stored results for those who wait: what is asked while one read is in flight goes into the next one, so that a
// thousand waiters cost a handful of statements (rule 18). No connection is held by who waits.
#pragma once

#include <memory>
#include <optional>

#include "flow/services.hpp"

namespace florin::flow {

class ResultReader {
public:
    // The store and the executor must outlive the reader's last read.
    explicit ResultReader(const Services& services);
    // The result of the operation's last attempt as of a read that begins after this call; empty while it is open.
    // Throws what the store throws.
    Task<std::optional<store::StoredResult>> read(PaymentId payment, OperationId operation);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace florin::flow
