// What the worker comes back to: open operations of a payment, authorizations that expire, successes that may be taken
// back.
#include "base/assert.hpp"
#include "store/rows.hpp"
#include "store/state.hpp"

namespace florin::store {
namespace {

using postgres::Params;
using postgres::Row;
using postgres::Rows;

template <class Read>
auto read_all(const Rows& rows, Read read) {
    std::vector<decltype(read(rows[0]))> out;
    out.reserve(static_cast<std::size_t>(rows.size()));
    for (int i = 0; i < rows.size(); ++i) out.push_back(read(rows[i]));
    return out;
}

ledger::PspAccount read_account(const Row& row, int first, bool live) {
    return {.psp = std::string(row.text(first)), .name = std::string(row.text(first + 1)), .live = live};
}

OpenOperation read_open(const Row& row) {
    return {OperationId(row.uuid(0)), read_kind(row, 1), read_account(row, 2, is_live(row.uuid(0))), row.boolean(4),
            row.boolean(5)};
}

ExpiringRow read_expiring(const Row& row) {
    return {PaymentId(row.uuid(0)),   MerchantId(row.uuid(1)),  row.boolean(2), row.int8(3),
            std::string(row.text(4)), std::string(row.text(5)), row.time(6)};
}

Watched read_watched(const Row& row) {
    constexpr int kNext = kAttemptWidth;
    return {.attempt = read_attempt(row, 0),
            .sent_as = row.int2(kNext + 3),
            .payment = read_payment(row, kNext + 4),
            .psp_reference = std::string(row.text(kNext)),
            .age = Milliseconds(row.int8(kNext + 1)),
            .is_last = row.boolean(kNext + 2)};
}

Params due(const ledger::PspAccount& account, Milliseconds pause, int limit) {
    Params params;
    params.add(account.psp)
        .add(account.name)
        .add(account.live)
        .add(pause.count())
        .add(static_cast<std::int64_t>(limit));
    return params;
}

}  // namespace

Task<std::vector<OpenOperation>> Store::open_of(PaymentId payment, Deadline deadline) {
    Params params;
    params.add(payment.uuid());
    const Rows rows = co_await state_->readers.execute("open_of", std::move(params), deadline);
    co_return read_all(rows, read_open);
}

Task<std::vector<payments::Payment>> Store::take_expired(ledger::PspAccount account, Milliseconds pause, int limit,
                                                         Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("take_expired", due(account, pause, limit), deadline);
    co_return read_all(rows, [](const Row& row) { return read_payment(row, 0); });
}

Task<std::vector<PolicyDue>> Store::take_policies(ledger::PspAccount account, Milliseconds pause, int limit,
                                                  Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("take_policies", due(account, pause, limit), deadline);
    co_return read_all(rows, [](const Row& row) {
        const auto action = parse_before_expiry(row.text(0));
        FLORIN_ASSERT(action.has_value());
        return PolicyDue{.payment = read_payment(row, 1), .action = *action};
    });
}

Task<std::vector<ExpiringRow>> Store::expiring(Milliseconds ahead, int limit, Deadline deadline) {
    Params params;
    params.add(ahead.count()).add(static_cast<std::int64_t>(limit));
    const Rows rows = co_await state_->readers.execute("expiring", std::move(params), deadline);
    co_return read_all(rows, read_expiring);
}

Task<std::vector<Watched>> Store::take_watched(ledger::PspAccount account, Milliseconds pause, int limit,
                                               Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("take_watched", due(account, pause, limit), deadline);
    co_return read_all(rows, read_watched);
}

Task<std::vector<DueRow>> Store::due_by_account(Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("due_by_account", {}, deadline);
    co_return read_all(rows, [](const Row& row) { return DueRow{read_account(row, 0, row.boolean(2)), row.int8(3)}; });
}

Task<void> Store::move_hold(PaymentId payment, Milliseconds next_look, Deadline deadline) {
    Params params;
    params.add(payment.uuid()).add(next_look.count());
    co_await state_->readers.execute("move_hold", std::move(params), deadline);
}

Task<void> Store::move_watch(OperationId operation, std::optional<Milliseconds> next_look, Deadline deadline) {
    Params params;
    params.add(operation.uuid());
    if (next_look) params.add(next_look->count());
    co_await state_->readers.execute(next_look ? "move_watch" : "end_watch", std::move(params), deadline);
}

}  // namespace florin::store
