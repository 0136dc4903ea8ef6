// GET /api/v1/payments/{id}/refunds: each refund that a PSP was asked for, as it stands now. A refund is an operation
// under another name; one that the PSP took back later is told by the operation that reverses it.
#include "api/handlers.hpp"
#include "api/refund.hpp"
#include "api/resource.hpp"

namespace florin::api {

Task<Answer> list_refunds(const ApiServices& services, Call call) {
    CO_TRY(payment, co_await load_payment(services, call.credential, call.id, call.deadline));
    co_return data_response(refunds_of(co_await services.flow.store.operations_of(payment.id, call.deadline)));
}

}  // namespace florin::api
