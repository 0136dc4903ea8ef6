// GET /api/v1/payments/{id}/ledger: the entries that the payment posted.
#include <cstdlib>

#include "api/handlers.hpp"
#include "api/resource.hpp"

namespace florin::api {
namespace {

boost::json::object entry_object(const store::LedgerRow& row) {
    return {
        {"operation", to_string(row.operation)},
        {"attempt", row.attempt},
        {"kind", row.kind},
        {"line", row.line},
        {"entry_type", row.amount > 0 ? "debit" : "credit"},
        {"amount", std::abs(row.amount)},
        {"currency", row.currency},
        {"account", row.account},
        {"writer", row.writer},
        {"balance_after", row.balance_after},
        {"created_at", format_time(row.created_at)},
    };
}

}  // namespace

Task<Answer> list_ledger_entries(const ApiServices& services, Call call) {
    CO_TRY(payment, co_await load_payment(services, call.credential, call.id, call.deadline));
    boost::json::array data;
    for (const auto& row : co_await services.flow.store.ledger_of(payment.id, call.deadline))
        data.push_back(entry_object(row));
    co_return data_response(std::move(data));
}

}  // namespace florin::api
