#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

const std::string kSql =
#include "store/statements/reserve.sql"
    ;

void bind_payment(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) { params.add(column<ReserveItem>(type, items, get)); };
    add(Oid::uuid, [](const Reservation& r) { return r.payment.id.uuid(); });
    add(Oid::uuid, [](const Reservation& r) { return r.attempt.operation.uuid(); });
    add(Oid::int4, [](const Reservation& r) { return r.expected_version; });
    add(Oid::int8, [](const Reservation& r) { return r.payment.amounts.capturing; });
    add(Oid::int8, [](const Reservation& r) { return r.payment.amounts.refunding; });
    add(Oid::int8, [](const Reservation& r) { return r.payment.amounts.voiding; });
    add(Oid::text, [](const Reservation& r) { return std::string_view(r.key); });
    add(Oid::bytea, [](const Reservation& r) { return bytes_of(r.fingerprint); });
}

void bind_attempt(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) { params.add(column<ReserveItem>(type, items, get)); };
    add(Oid::text, [](const Reservation& r) { return payments::to_string(r.attempt.kind); });
    add(Oid::int8, [](const Reservation& r) { return r.attempt.amount.minor_units(); });
    add(Oid::bpchar, [](const Reservation& r) { return std::string(r.attempt.amount.currency().code()); });
    add(Oid::jsonb, [](const Reservation& r) { return parameters_json(r.attempt.parameters); });
    add(Oid::text, [](const Reservation& r) { return std::string_view(r.attempt.psp); });
    add(Oid::text, [](const Reservation& r) { return std::string_view(r.attempt.psp_account); });
    add(Oid::int2, [](const Reservation& r) { return r.attempt.encoder_version; });
    add(Oid::text, [](const Reservation& r) { return std::string_view(r.attempt.actor); });
    add(Oid::uuid, [](const Reservation& r) { return r.attempt.request.uuid(); });
    add(Oid::int8, [](const Reservation& r) { return in_ms(r.durations.lease); });
    add(Oid::int8, [](const Reservation& r) { return in_ms(r.durations.call); });
    add(Oid::int8, [](const Reservation& r) { return in_ms(r.durations.execute); });
}

class ReserveStatement final : public Statement {
public:
    std::string name() const override { return "reserve"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t) const override {
        postgres::Params params;
        bind_payment(params, items);
        bind_attempt(params, items);
        return params;
    }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_times(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override {
        auto& reservation = static_cast<ReserveItem&>(item);
        if (!verdict) return reservation.answer(VersionMoved{});
        verdict->won() ? reservation.answer(IntentWon{verdict->at}) : reservation.answer(KeyTaken{});
    }
    const std::string& confirm_sql() const override { return confirm_opened_sql(); }
    postgres::Params bind_confirm(Items items) const override {
        return bind_confirm_opened<ReserveItem>(
            items, [](const Reservation& request) -> const auto& { return request.attempt; });
    }
};

}  // namespace

const Statement& reserve_statement() {
    static const ReserveStatement statement;
    return statement;
}

}  // namespace florin::store
