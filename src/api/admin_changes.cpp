// GET /api/v1/admin/audit: who changed which merchant or key. A merchant's key sees the changes of its own keys.
#include <array>

#include "api/admin_access.hpp"
#include "api/admin_answer.hpp"
#include "api/handlers_admin.hpp"

namespace florin::api {
namespace {

constexpr auto kParameters = std::to_array<std::string_view>({"limit", "starting_after"});

}  // namespace

Task<Answer> list_changes(const ApiServices& services, Call call) {
    CO_TRY(parameters, parse_query(call.request.query, kParameters));
    CO_TRY(cut, parse_cut<AuditId>(parameters));
    CO_TRY(filter, co_await owner_filter(services, call.credential, std::nullopt, call.deadline));
    const auto changes = co_await services.administration.list_changes(filter, cut, call.deadline);
    co_return page_response(changes);
}

}  // namespace florin::api
