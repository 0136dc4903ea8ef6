// POST /api/v1/payments/{id}/void: releases all that an authorization still holds.
#include "api/handlers.hpp"
#include "api/modification.hpp"

namespace florin::api {

Task<Answer> void_payment(const ApiServices& services, Call call) {
    return modify_payment(services, std::move(call), payments::OperationKind::void_);
}

}  // namespace florin::api
