#include "api/refund.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <map>
#include <vector>

#include "api/resource.hpp"

namespace florin::api {
namespace {

using payments::OperationKind;
using payments::Outcome;

// Refused by the payment's amounts: no PSP was asked.
bool is_refused(const store::OperationRow& row) {
    return row.outcome == Outcome::declined &&
           (row.reason == to_string(Error::amount_out_of_range) || row.reason == to_string(Error::currency_mismatch) ||
            row.reason == to_string(Error::operation_not_allowed));
}

// How a refund stands, and since when.
struct Standing {
    std::string_view status;
    std::optional<std::string> failure_code{};
    std::optional<std::string> failure_reason{};
    WallTime since;
};

Standing failed(const store::OperationRow& row, std::string sentence) {
    return {.status = "failed",
            .failure_code = row.reason,
            .failure_reason = std::move(sentence),
            .since = row.closed_at.value_or(row.created_at)};
}

// `failure` is the operation that took the refund back, if any.
Standing standing_of(const store::OperationRow& last, const store::OperationRow* failure) {
    if (failure)
        return failed(*failure, "The refund had succeeded and failed later; its amount is the merchant's again.");
    if (last.outcome == Outcome::declined)
        return failed(last, "The payment service provider refused the refund; nothing was given back.");
    if (last.outcome == Outcome::not_executed)
        return failed(last, "It is proven that nothing was given back. Repeat the request with its Idempotency-Key.");
    return {.status = last.outcome == Outcome::approved ? "succeeded" : "pending",
            .since = last.closed_at.value_or(last.created_at)};
}

boost::json::object refund_object(const store::OperationRow& first, const store::OperationRow& last,
                                  const store::OperationRow* failure) {
    const auto& attempt = last.attempt;
    const auto standing = standing_of(last, failure);
    return {
        {"refund_id", to_string(RefundId(attempt.operation.uuid()))},
        {"operation_id", to_string(attempt.operation)},
        {"payment_id", to_string(attempt.payment)},
        {"amount", attempt.amount.minor_units()},
        {"currency", attempt.amount.currency().code()},
        {"reason", text_or_null(attempt.parameters.reason)},
        {"status", standing.status},
        {"failure_code", text_or_null(standing.failure_code)},
        {"failure_reason", text_or_null(standing.failure_reason)},
        {"psp_reference", text_or_null(last.psp_reference)},
        {"created_at", format_time(first.created_at)},
        {"updated_at", format_time(standing.since)},
    };
}

}  // namespace

boost::json::array refunds_of(std::span<const store::OperationRow> operations) {
    std::map<OperationId, const store::OperationRow*> failures;  // by the refund that they took back
    std::map<OperationId, const store::OperationRow*> lasts;
    for (const auto& row : operations) {
        lasts[row.attempt.operation] = &row;
        if (row.attempt.kind == OperationKind::refund_failure && row.attempt.parameters.reverses)
            failures[*row.attempt.parameters.reverses] = &row;
    }
    boost::json::array data;
    for (const auto& row : operations) {
        if (row.attempt.kind != OperationKind::refund || row.attempt.number != 1 || is_refused(row)) continue;
        const auto failure = failures.find(row.attempt.operation);
        data.push_back(
            refund_object(row, *lasts[row.attempt.operation], failure == failures.end() ? nullptr : failure->second));
    }
    return data;
}

}  // namespace florin::api
