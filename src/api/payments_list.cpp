// GET /api/v1/payments: newest first, page by page.
#include "api/handlers.hpp"
#include "api/query.hpp"
#include "payments/document.hpp"

namespace florin::api {
namespace {

// The documents are rendered as the one function renders them, so that a list shows what a read shows.
std::string body_of(const store::Page& page) {
    std::string body = R"({"data":[)";
    for (const auto& payment : page.payments) {
        if (body.back() != '[') body += ',';
        body += payments::document(payment);
    }
    body +=
        page.has_more ? R"(],"has_more":true,"next_starting_after":)" : R"(],"has_more":false,"next_starting_after":)";
    body += page.next_starting_after ? '"' + to_string(*page.next_starting_after) + '"' : "null";
    return body += '}';
}

}  // namespace

Task<Answer> list_payments(const ApiServices& services, Call call) {
    CO_TRY(query, parse_list_query(call.request.query));
    query.merchant = call.credential.merchant->id;
    query.live = call.credential.live;
    const auto page = co_await services.flow.store.list(std::move(query), call.deadline);
    co_return http::Response{.body = body_of(page)};
}

}  // namespace florin::api
