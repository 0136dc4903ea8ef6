// What the worker comes back to of late truth: answers that have not ended well, and closed attempts that are watched.
#include "store/rows.hpp"
#include "store/state.hpp"

namespace florin::store {
namespace {

using postgres::Oid;
using postgres::Params;
using postgres::Row;
using postgres::Rows;

Params due(const ledger::PspAccount& account, Milliseconds pause, int limit) {
    Params params;
    params.add(account.psp).add(account.name).add(account.live).add(pause.count());
    params.add(static_cast<std::int64_t>(limit));
    return params;
}

StandingLate read_standing(const Row& row) {
    constexpr int kNext = kAttemptWidth;
    return {.attempt = read_attempt(row, 0),
            .payment = read_payment(row, kNext + 1),
            .outcome = row.is_null(kNext) ? std::nullopt : std::optional(read_outcome(row, kNext))};
}

WatchedAttempt read_watched(const Row& row) {
    constexpr int kNext = kAttemptWidth;
    return {.attempt = read_attempt(row, 0),
            .payment = read_payment(row, kNext + 3),
            .recorded_at = row.time(kNext),
            .send_until = row.time(kNext + 1),
            .age = Milliseconds(row.int8(kNext + 2))};
}

}  // namespace

Task<std::vector<StandingLate>> Store::take_standing(ledger::PspAccount account, Milliseconds pause, int limit,
                                                     Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("take_standing", due(account, pause, limit), deadline);
    std::vector<StandingLate> standing;
    for (int i = 0; i < rows.size(); ++i) standing.push_back(read_standing(rows[i]));
    co_return standing;
}

Task<void> Store::end_standing(OperationId operation, Deadline deadline) {
    Params params;
    params.add(operation.uuid());
    co_await state_->readers.execute("end_standing", std::move(params), deadline);
}

Task<void> Store::move_standing(OperationId operation, Milliseconds next_look, Deadline deadline) {
    Params params;
    params.add(operation.uuid()).add(next_look.count());
    co_await state_->readers.execute("move_standing", std::move(params), deadline);
}

Task<std::int64_t> Store::count_standing(ledger::PspAccount account, Deadline deadline) {
    Params params;
    params.add(account.psp).add(account.name).add(account.live);
    const Rows rows = co_await state_->readers.execute("count_standing", std::move(params), deadline);
    co_return rows[0].int8(0);
}

Task<std::vector<WatchedAttempt>> Store::take_watched_attempts(ledger::PspAccount account, Milliseconds pause,
                                                               int limit, Deadline deadline) {
    const Rows rows = co_await state_->readers.execute("take_watched_attempts", due(account, pause, limit), deadline);
    std::vector<WatchedAttempt> watched;
    for (int i = 0; i < rows.size(); ++i) watched.push_back(read_watched(rows[i]));
    co_return watched;
}

Task<void> Store::watch_attempt(payments::Attempt attempt, Milliseconds sends, Watch watch, Deadline deadline) {
    Params params;
    params.add(attempt.payment.uuid()).add(attempt.operation.uuid()).add(attempt.number);
    params.add(sends.count()).add(watch.first_look.count()).add(watch.until.count());
    co_await state_->readers.execute("watch_attempt", std::move(params), deadline);
}

Task<void> Store::move_watched_attempts(std::vector<NextLook> looks, Deadline deadline) {
    postgres::Array operations(Oid::uuid), attempts(Oid::int2), after(Oid::int8);
    for (const auto& look : looks) {
        operations.add(look.operation.uuid());
        attempts.add(look.attempt);
        look.after ? after.add(look.after->count()) : after.add_null();
    }
    Params params;
    params.add(std::move(operations)).add(std::move(attempts)).add(std::move(after));
    co_await state_->readers.execute("move_watched_attempts", std::move(params), deadline);
}

}  // namespace florin::store
