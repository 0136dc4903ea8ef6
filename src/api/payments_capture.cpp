// POST /api/v1/payments/{id}/capture: takes all or a part of what an authorization holds.
#include "api/handlers.hpp"
#include "api/modification.hpp"

namespace florin::api {

Task<Answer> capture_payment(const ApiServices& services, Call call) {
    return modify_payment(services, std::move(call), payments::OperationKind::capture);
}

}  // namespace florin::api
