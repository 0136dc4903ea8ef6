// A commit whose answer was lost was submitted again: which of its losers lost to themselves (rule 19)? For statements
// that open an attempt.
#include "store/statements.hpp"

namespace florin::store {
namespace {

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

}  // namespace florin::store
