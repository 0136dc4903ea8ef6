#include "store/taken.hpp"

#include "store/rows.hpp"
#include "store/state.hpp"

namespace florin::store {
namespace {

using postgres::Params;
using postgres::Row;

Params ages_of(const Store::Ages& ages, const Durations& durations) {
    const Milliseconds fence = ages.longest_request + ages.read_lag + ages.clock_error;
    Params params;
    params.add(durations.lease.count()).add(durations.call.count()).add(ages.safe_age.count());
    params.add(fence.count()).add(ages.read_lag.count()).add(ages.repeats_are_safe);
    return params;
}

using payments::OperationKind;

// Without a default: a new kind does not compile before it is said here whether the resolver has to settle it.
constexpr bool may_be_open(OperationKind kind) {
    switch (kind) {
        case OperationKind::sale:
        case OperationKind::authorize:
        case OperationKind::capture:
        case OperationKind::void_:
        case OperationKind::refund:
        case OperationKind::expire:
        case OperationKind::late_void:
        case OperationKind::late_refund:
            return true;
        case OperationKind::capture_failure:
        case OperationKind::refund_failure:
        case OperationKind::late_suspense:
            return false;
    }
    return false;
}

}  // namespace

postgres::Array known_kinds() {
    constexpr int kValues = 256;
    postgres::Array kinds(postgres::Oid::text);
    for (int value = 0; value < kValues; ++value) {
        const auto kind = static_cast<OperationKind>(value);
        if (may_be_open(kind)) kinds.add(payments::to_string(kind));
    }
    return kinds;
}

Taken read_taken(const Row& row) {
    constexpr int kNext = kAttemptWidth;
    return {
        .attempt = read_attempt(row, 0),
        .payment = read_payment(row, kNext + 10),
        .generation = row.int4(kNext),
        .tries = row.int4(kNext + 1),
        .may_send = row.boolean(kNext + 2),
        .absence_proves = row.boolean(kNext + 3),
        .fenced_at = row.optional_time(kNext + 4),
        .recorded_at = row.time(kNext + 5),
        .send_until = row.time(kNext + 6),
        .age = Milliseconds(row.int8(kNext + 7)),
        .psp_reference = row.optional_text(kNext + 8),
        .parked = row.boolean(kNext + 9),
    };
}

Task<std::vector<OperationId>> Store::find_due(ledger::PspAccount account, int limit, Deadline deadline) {
    Params params;
    params.add(account.psp)
        .add(account.name)
        .add(account.live)
        .add(static_cast<std::int64_t>(limit))
        .add(known_kinds());
    const auto rows = co_await state_->readers.execute("find_due", std::move(params), deadline);
    std::vector<OperationId> found;
    for (int i = 0; i < rows.size(); ++i) found.emplace_back(rows[i].uuid(0));
    co_return found;
}

Task<std::vector<Taken>> Store::take_due(Due due, Ages ages, Durations durations, Deadline deadline) {
    postgres::Array operations(postgres::Oid::uuid);
    for (const auto& operation : due.operations) operations.add(operation.uuid());
    Params params = ages_of(ages, durations);
    params.add(due.account.psp)
        .add(due.account.name)
        .add(due.account.live)
        .add(static_cast<std::int64_t>(due.limit))
        .add(known_kinds())
        .add(std::move(operations));
    const auto rows = co_await state_->readers.execute("take_due", std::move(params), deadline);
    std::vector<Taken> taken;
    for (int i = 0; i < rows.size(); ++i) taken.push_back(read_taken(rows[i]));
    co_return taken;
}

Task<std::optional<Taken>> Store::take(OperationId operation, Ages ages, Durations durations, Deadline deadline) {
    Params params = ages_of(ages, durations);
    params.add(operation.uuid());
    const auto rows = co_await state_->readers.execute("take", std::move(params), deadline);
    if (rows.empty()) co_return std::nullopt;
    co_return read_taken(rows[0]);
}

}  // namespace florin::store
