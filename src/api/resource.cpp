#include "api/resource.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace florin::api {
namespace {

Refusal no_such_payment() {
    return {Error::not_found, "There is no payment with this id for this API key's merchant and mode."};
}

}  // namespace

Task<Checked<payments::Payment>> load_payment(const ApiServices& services, store::Credential credential, std::string id,
                                              Deadline deadline) {
    const auto parsed = PaymentId::parse(id);
    if (!parsed) co_return std::unexpected(no_such_payment());
    auto payment =
        co_await services.flow.store.find_payment(credential.merchant->id, credential.live, *parsed, deadline);
    if (!payment) co_return std::unexpected(no_such_payment());
    co_return std::move(*payment);
}

http::Response data_response(boost::json::array data) {
    boost::json::object body;
    body["data"] = std::move(data);
    return {.body = boost::json::serialize(body)};
}

boost::json::object operation_object(const store::OperationRow& row) {
    const auto& attempt = row.attempt;
    return {
        {"operation_id", to_string(attempt.operation)},
        {"attempt", attempt.number},
        {"kind", payments::to_string(attempt.kind)},
        {"amount", attempt.amount.minor_units()},
        {"currency", attempt.amount.currency().code()},
        {"parameters", boost::json::parse(payments::to_json(attempt.parameters))},
        {"psp", attempt.psp},
        {"psp_account", attempt.psp_account},
        {"outcome", row.outcome ? boost::json::value(payments::to_string(*row.outcome)) : boost::json::value()},
        {"reason", text_or_null(row.reason)},
        {"psp_reference", text_or_null(row.psp_reference)},
        {"evidence", row.open_evidence},
        {"actor", attempt.actor},
        {"request_id", to_string(attempt.request)},
        {"created_at", format_time(row.created_at)},
        {"closed_at", time_or_null(row.closed_at)},
    };
}

boost::json::value text_or_null(const std::optional<std::string>& text) {
    return text ? boost::json::value(*text) : boost::json::value();
}

boost::json::value time_or_null(const std::optional<WallTime>& time) {
    return time ? boost::json::value(format_time(*time)) : boost::json::value();
}

}  // namespace florin::api
