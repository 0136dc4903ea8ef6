// GET /api/v1/payments/{id}
#include "api/handlers.hpp"
#include "api/resource.hpp"
#include "payments/document.hpp"

namespace florin::api {

Task<Answer> read_payment(const ApiServices& services, Call call) {
    CO_TRY(payment, co_await load_payment(services, call.credential, call.id, call.deadline));
    co_return http::Response{.body = payments::document(payment)};
}

}  // namespace florin::api
