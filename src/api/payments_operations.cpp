// GET /api/v1/payments/{id}/operations: what the merchant asked, one row per attempt.
#include "api/handlers.hpp"
#include "api/resource.hpp"

namespace florin::api {

Task<Answer> list_operations(const ApiServices& services, Call call) {
    CO_TRY(payment, co_await load_payment(services, call.credential, call.id, call.deadline));
    boost::json::array data;
    for (const auto& row : co_await services.flow.store.operations_of(payment.id, call.deadline))
        data.push_back(operation_object(row));
    co_return data_response(std::move(data));
}

}  // namespace florin::api
