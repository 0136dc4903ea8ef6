// GET /api/v1/payments/{id}/audit: who did what, when and why: changes of status together with the operations.
#include <map>
#include <vector>

#include "api/handlers.hpp"
#include "api/resource.hpp"

namespace florin::api {
namespace {

boost::json::object change_object(const store::AuditRow& row) {
    return {
        {"type", "status_change"},
        {"operation_id", to_string(row.operation)},
        {"sequence", row.sequence},
        {"from", row.from},
        {"to", row.to},
        {"actor", row.actor},
        {"details", row.details},
        {"request_id", to_string(row.request)},
        {"created_at", format_time(row.created_at)},
    };
}

// The creation is no change of a status: its operation tells it. At equal times the operation comes first.
boost::json::array in_order_of_time(const std::vector<store::OperationRow>& operations,
                                    const std::vector<store::AuditRow>& changes) {
    std::multimap<WallTime, boost::json::object> entries;
    for (const auto& row : operations) {
        boost::json::object entry{{"type", "operation"}};
        for (auto& member : operation_object(row)) entry.emplace(member.key(), std::move(member.value()));
        entries.emplace(row.created_at, std::move(entry));
    }
    for (const auto& row : changes) {
        if (!row.from.empty()) entries.emplace(row.created_at, change_object(row));
    }

    boost::json::array data;
    for (auto& [time, entry] : entries) data.push_back(std::move(entry));
    return data;
}

}  // namespace

Task<Answer> list_audit_entries(const ApiServices& services, Call call) {
    CO_TRY(payment, co_await load_payment(services, call.credential, call.id, call.deadline));
    const auto operations = co_await services.flow.store.operations_of(payment.id, call.deadline);
    const auto changes = co_await services.flow.store.audit_of(payment.id, call.deadline);
    co_return data_response(in_order_of_time(operations, changes));
}

}  // namespace florin::api
