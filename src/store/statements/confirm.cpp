// A commit whose answer was lost was submitted again: which of its losers lost to themselves (rule 19)? For statements
// that open an attempt.
#include "store/statements.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

const std::string kOpened = R"sql(
    select x.ord::int4, o.recorded_at
    from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::uuid[])
        with ordinality as x(payment_id, operation_id, attempt, request_id, ord)
    join operations o on o.payment_id = x.payment_id and o.operation_id = x.operation_id and o.attempt = x.attempt
        and o.request_id = x.request_id
)sql";

}  // namespace

const std::string& confirm_opened_sql() {
    return kOpened;
}

postgres::Params bind_confirm_opened(std::span<const payments::Attempt* const> attempts) {
    postgres::Array payments(Oid::uuid);
    postgres::Array operations(Oid::uuid);
    postgres::Array numbers(Oid::int2);
    postgres::Array requests(Oid::uuid);
    for (const payments::Attempt* attempt : attempts) {
        payments.add(attempt->payment.uuid());
        operations.add(attempt->operation.uuid());
        numbers.add(attempt->number);
        requests.add(attempt->request.uuid());
    }
    postgres::Params params;
    params.add(std::move(payments)).add(std::move(operations)).add(std::move(numbers)).add(std::move(requests));
    return params;
}

}  // namespace florin::store
