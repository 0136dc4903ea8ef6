#include <stdexcept>

#include "store/rows.hpp"
#include "store/state.hpp"

namespace florin::store {
namespace {

using postgres::Array;
using postgres::Oid;
using postgres::Params;
using postgres::Row;

constexpr int kAttempt = 14;  // the attempt's first column

template <class Id>
std::optional<Uuid> uuid_of(const std::optional<Id>& id) {
    return id ? std::optional(id->uuid()) : std::nullopt;
}

Array reasons_of_refusals() {
    Array reasons(Oid::text);
    for (const Error error : kRefusedHere) reasons.add(to_string(error));
    return reasons;
}

Params names(const std::string& psp, const std::vector<EventNames>& events) {
    Array payments(Oid::uuid), operations(Oid::uuid), attempts(Oid::int2), references(Oid::text), objects(Oid::text);
    for (const auto& event : events) {
        payments.add(uuid_of(event.payment));
        operations.add(uuid_of(event.operation));
        attempts.add(event.attempt);
        references.add(event.reference);
        objects.add(event.payment_reference);
    }
    Params params;
    params.add(std::move(payments)).add(std::move(operations)).add(std::move(attempts));
    params.add(std::move(references)).add(std::move(objects)).add(psp).add(reasons_of_refusals());
    return params;
}

std::optional<KnownAttempt> read_known_attempt(const Row& row, Currency currency, bool live) {
    const auto at = [](int column) { return kAttempt + column; };
    if (row.is_null(at(0))) return std::nullopt;
    KnownAttempt known{
        .operation = OperationId(row.uuid(at(0))),
        .number = row.int2(at(1)),
        .kind = read_kind(row, at(2)),
        .amount = Money(row.int8(at(3)), currency),
        .account = {.psp = std::string(row.text(at(4))), .name = std::string(row.text(at(5))), .live = live},
        .outcome = std::nullopt,
        .is_leased = row.boolean(at(7)),
        .has_reference = row.boolean(at(8)),
        .is_reversed = row.boolean(at(9)),
        .is_booked_object = row.boolean(at(10)),
        .is_dealt_with = row.boolean(at(11))};
    if (!row.is_null(at(6))) known.outcome = read_outcome(row, at(6));
    return known;
}

KnownPayment read_known(const Row& row) {
    const PaymentId id(row.uuid(1));
    const auto currency = read_currency(row, 3);
    const auto status = payments::parse_status(row.text(6));
    if (!status) throw std::runtime_error("payment " + to_string(id) + " has no known status");
    return {.id = id,
            .amount = Money(row.int8(2), currency),
            .captured = row.int8(4),
            .held = row.int8(5),
            .released = row.int8(12),
            .status = *status,
            .psp_reference = row.optional_text(7),
            .attempt = read_known_attempt(row, currency, is_live(id.uuid())),
            .is_contradicted = row.boolean(8),
            .is_late_object = row.boolean(13),
            .has_open = row.boolean(9),
            .has_leased = row.boolean(10),
            .has_doubtful = row.boolean(11)};
}

}  // namespace

Task<std::vector<std::optional<KnownPayment>>> Store::find_subjects(std::string psp, std::vector<EventNames> events,
                                                                    Deadline deadline) {
    std::vector<std::optional<KnownPayment>> known(events.size());
    if (events.empty()) co_return known;
    const auto rows = co_await state_->readers.execute("find_subjects", names(psp, events), deadline);
    for (int i = 0; i < rows.size(); ++i) known.at(static_cast<std::size_t>(rows[i].int4(0)) - 1) = read_known(rows[i]);
    co_return known;
}

Task<bool> Store::expire_now(PaymentId payment, Deadline deadline) {
    Params params;
    params.add(payment.uuid());
    const auto rows = co_await state_->readers.execute("expire_now", std::move(params), deadline);
    co_return rows.affected() > 0;
}

}  // namespace florin::store
