// Pages of a merchant's payments, newest first, along the index (merchant, live, id). Filters are not in the index:
// each page looks at a bounded number of rows and says where it stopped.
#include <algorithm>

#include "base/assert.hpp"
#include "store/rows.hpp"
#include "store/state.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

constexpr std::int64_t kLook = 500;
// A payment's id is made in the same moment as its created_at; a minute is generous.
constexpr std::chrono::minutes kSlack{1};

bool has_filter(const ListQuery& query) {
    return query.status || query.currency || query.created_from || query.created_to;
}

Uuid upper_bound(const ListQuery& query) {
    Uuid bound;
    bound.bytes.fill(0xff);
    if (query.created_to) bound = first_id_of(*query.created_to + kSlack);
    return query.starting_after ? std::min(bound, query.starting_after->uuid()) : bound;
}

Uuid lower_bound(const ListQuery& query) {
    return query.created_from ? first_id_of(*query.created_from - kSlack) : Uuid{};
}

std::int64_t rows_to_look_at(const ListQuery& query) {
    return has_filter(query) ? kLook : query.limit + 1;
}

postgres::Params params_of(const ListQuery& query) {
    postgres::Params params;
    params.add(query.merchant.uuid()).add(query.live).add(upper_bound(query)).add(lower_bound(query));
    params.add(rows_to_look_at(query)).add(static_cast<std::int64_t>(query.limit + 1));
    query.status ? params.add(payments::to_string(*query.status)) : params.add_null(Oid::text);
    query.currency ? params.add(*query.currency) : params.add_null(Oid::text);
    query.created_from ? params.add(*query.created_from) : params.add_null(Oid::timestamptz);
    query.created_to ? params.add(*query.created_to) : params.add_null(Oid::timestamptz);
    return params;
}

}  // namespace

Task<Page> Store::list(ListQuery query, Deadline deadline) {
    FLORIN_ASSERT(query.limit >= 1 && query.limit <= 100);
    const auto rows = co_await state_->readers.execute("list", params_of(query), deadline);
    const auto limit = static_cast<std::size_t>(query.limit);
    Page page;
    for (int i = 0; i < rows.size() && !rows[i].is_null(2); ++i) page.payments.push_back(read_payment(rows[i], 2));
    if (page.payments.size() > limit) {
        page.payments.pop_back();
        page.has_more = true;
        page.next_starting_after = page.payments.back().id;
    } else if (has_filter(query) && rows[0].int8(0) == kLook) {
        page.has_more = true;
        page.next_starting_after = PaymentId(rows[0].uuid(1));
    }
    co_return page;
}

}  // namespace florin::store
