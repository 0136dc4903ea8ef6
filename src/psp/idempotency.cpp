#include "psp/psp.hpp"

namespace florin::psp {

std::string idempotency_key(OperationId operation, std::int16_t attempt) {
    return to_string(operation) + "-" + std::to_string(attempt);
}

}  // namespace florin::psp
