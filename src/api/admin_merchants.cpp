// /api/v1/admin/merchants: operators' keys only.
#include <array>

#include "api/admin_access.hpp"
#include "api/admin_answer.hpp"
#include "api/handlers_admin.hpp"

namespace florin::api {
namespace {

constexpr auto kParameters = std::to_array<std::string_view>({"limit", "starting_after"});

Refusal no_such_merchant() {
    return {Error::not_found, "There is no merchant with this id."};
}

}  // namespace

Task<Answer> create_merchant(const ApiServices& services, Call call) {
    if (auto fault = fault_of_no_operator(call.credential)) co_return std::unexpected(std::move(*fault));
    CO_TRY(request, read_money_request(call.request, Body::required));
    CO_TRY(merchant, parse_new_merchant(request.body));
    auto author = author_of(call, request);
    CO_TRY(made,
           co_await services.administration.create_merchant(std::move(merchant), std::move(author), call.deadline));
    co_return resource_response(201, store::to_json(made.row), made.replayed);
}

Task<Answer> list_merchants(const ApiServices& services, Call call) {
    if (auto fault = fault_of_no_operator(call.credential)) co_return std::unexpected(std::move(*fault));
    CO_TRY(parameters, parse_query(call.request.query, kParameters));
    CO_TRY(cut, parse_cut<MerchantId>(parameters));
    const auto merchants = co_await services.administration.list_merchants(cut, call.deadline);
    co_return page_response(merchants);
}

Task<Answer> read_merchant(const ApiServices& services, Call call) {
    if (auto fault = fault_of_no_operator(call.credential)) co_return std::unexpected(std::move(*fault));
    const auto id = MerchantId::parse(call.id);
    if (!id) co_return std::unexpected(no_such_merchant());
    const auto row = co_await services.administration.find_merchant(*id, call.deadline);
    if (!row) co_return std::unexpected(no_such_merchant());
    co_return resource_response(200, store::to_json(*row));
}

Task<Answer> update_merchant(const ApiServices& services, Call call) {
    if (auto fault = fault_of_no_operator(call.credential)) co_return std::unexpected(std::move(*fault));
    CO_TRY(body, read_patch(call.request));
    CO_TRY(change, parse_merchant_change(body));
    const auto id = MerchantId::parse(call.id);
    if (!id) co_return std::unexpected(no_such_merchant());
    auto author = author_of(call);
    CO_TRY(row,
           co_await services.administration.update_merchant(*id, std::move(change), std::move(author), call.deadline));
    services.credentials.forget(*id);
    co_return resource_response(200, store::to_json(row));
}

}  // namespace florin::api
