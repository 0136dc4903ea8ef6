// POST /api/v1/payments/{id}/refund: gives back all or a part of what was captured.
#include "api/handlers.hpp"
#include "api/modification.hpp"

namespace florin::api {

Task<Answer> refund_payment(const ApiServices& services, Call call) {
    return modify_payment(services, std::move(call), payments::OperationKind::refund);
}

}  // namespace florin::api
