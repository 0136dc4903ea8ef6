// What operators look at, and what keeps one row of another release from standing in the way of all.
#include <algorithm>

#include "base/assert.hpp"
#include "store/rows.hpp"
#include "store/state.hpp"
#include "store/taken.hpp"

namespace florin::store {
namespace {

using postgres::Oid;
using postgres::Params;
using postgres::Row;

constexpr int kMostRows = 1000;

Pile& pile_of(Overview& overview, std::int32_t number) {
    switch (number) {
        case 0:
            return overview.open;
        case 1:
            return overview.parked;
        case 2:
            return overview.waiting_for_payer;
        case 3:
            return overview.expiring;
        default:
            return overview.parked_psp_events;
    }
}

OpenRow read_open_row(const Row& row) {
    return {.operation = OperationId(row.uuid(0)),
            .payment = PaymentId(row.uuid(1)),
            .merchant = MerchantId(row.uuid(2)),
            .live = row.boolean(3),
            .attempt = row.int2(4),
            .kind = std::string(row.text(5)),
            .amount = row.int8(6),
            .currency = std::string(row.text(7)),
            .psp = std::string(row.text(8)),
            .psp_account = std::string(row.text(9)),
            .tries = row.int4(10),
            .generation = row.int4(11),
            .parked = row.boolean(12),
            .waits_for_payer = row.boolean(13),
            .evidence = std::string(row.text(14)),
            .psp_reference = row.optional_text(15),
            .since = row.time(16),
            .age = Milliseconds(row.int8(17)),
            .next_try_in = Milliseconds(row.int8(18)),
            .lease_left = Milliseconds(row.int8(19))};
}

}  // namespace

Task<Overview> Store::overview(Milliseconds expiring_within, Deadline deadline) {
    Params params;
    params.add(expiring_within.count());
    const auto rows = co_await state_->readers.execute("overview", std::move(params), deadline);
    Overview overview;
    for (int i = 0; i < rows.size(); ++i) {
        auto& pile = pile_of(overview, rows[i].int4(0));
        pile.count += rows[i].int8(2);
        pile.oldest = std::max(pile.oldest, Milliseconds(rows[i].int8(4)));
        if (!rows[i].is_null(1)) pile.at_risk.emplace_back(rows[i].text(1), rows[i].int8(3));
    }
    co_return overview;
}

Task<OpenPage> Store::list_open(OpenQuery query, Deadline deadline) {
    FLORIN_ASSERT(query.limit >= 1 && query.limit <= kMostRows);
    Params params;
    params.add(static_cast<std::int32_t>(query.state));
    query.merchant ? params.add(query.merchant->uuid()) : params.add_null(Oid::uuid);
    query.live ? params.add(*query.live) : params.add_null(Oid::boolean);
    query.psp ? params.add(*query.psp) : params.add_null(Oid::text);
    query.starting_after ? params.add(query.starting_after->uuid()) : params.add_null(Oid::uuid);
    params.add(std::int64_t{query.limit} + 1);
    const auto rows = co_await state_->readers.execute("list_open", std::move(params), deadline);
    OpenPage page;
    for (int i = 0; i < std::min(rows.size(), query.limit); ++i) page.rows.push_back(read_open_row(rows[i]));
    page.has_more = rows.size() > query.limit;
    co_return page;
}

Task<std::optional<OpenRow>> Store::find_open(OperationId operation, Deadline deadline) {
    Params params;
    params.add(operation.uuid());
    const auto rows = co_await state_->readers.execute("find_open", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return read_open_row(rows[0]);
}

Task<std::optional<Taken>> Store::peek(OperationId operation, Ages ages, Deadline deadline) {
    const Milliseconds fence = ages.longest_request + ages.read_lag + ages.clock_error;
    Params params;
    params.add(ages.safe_age.count()).add(fence.count()).add(ages.read_lag.count()).add(ages.repeats_are_safe);
    params.add(operation.uuid());
    const auto rows = co_await state_->readers.execute("peek", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return read_taken(rows[0]);
}

Task<std::optional<PaymentId>> Store::find_payment_of(OperationId operation, Deadline deadline) {
    Params params;
    params.add(operation.uuid());
    const auto rows = co_await state_->readers.execute("payment_of", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return PaymentId(rows[0].uuid(0));
}

Task<std::map<PaymentId, std::int32_t>> Store::find_versions(std::vector<PaymentId> ids, Deadline deadline) {
    postgres::Array wanted(Oid::uuid);
    for (const auto& id : ids) wanted.add(id.uuid());
    Params params;
    params.add(std::move(wanted));
    const auto rows = co_await state_->readers.execute("versions", std::move(params), deadline);
    std::map<PaymentId, std::int32_t> versions;
    for (int i = 0; i < rows.size(); ++i) versions.emplace(PaymentId(rows[i].uuid(0)), rows[i].int4(1));
    co_return versions;
}

Task<std::vector<std::string>> Store::queues(Deadline deadline) {
    const auto rows = co_await state_->readers.execute("queues", {}, deadline);
    std::vector<std::string> names;
    for (int i = 0; i < rows.size(); ++i) names.emplace_back(rows[i].text(0));
    co_return names;
}

Task<std::vector<UnknownKind>> Store::park_unknown_kinds(Deadline deadline) {
    Params params;
    params.add(known_kinds());
    const auto rows = co_await state_->readers.execute("park_unknown_kinds", std::move(params), deadline);
    std::vector<UnknownKind> parked;
    for (int i = 0; i < rows.size(); ++i) {
        parked.push_back({OperationId(rows[i].uuid(0)), PaymentId(rows[i].uuid(1)), std::string(rows[i].text(2))});
    }
    co_return parked;
}

}  // namespace florin::store
