// What capture, void and refund share. Their fields differ; all else about them is one path.
#pragma once

#include "api/call.hpp"
#include "payments/operation.hpp"

namespace florin::api {

// Headers, JSON and fields (400), the payment of this key's merchant and mode (404), then the use case.
Task<Answer> modify_payment(const ApiServices& services, Call call, payments::OperationKind kind);

}  // namespace florin::api
