#include "payments/status.hpp"
#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using payments::Attempt;
using postgres::Oid;

const std::string kSql = expand(
#include "store/statements/next_attempt.sql"
);

void bind_payment(postgres::Params& params, Items items) {
    using payments::Payment;
    const auto add = [&](Oid type, auto get) {
        params.add(column<NextItem>(type, items, [&](const Reopening& r) { return get(r.next.payment); }));
    };
    add(Oid::text, [](const Payment& p) { return payments::to_string(p.status); });
    params.add(column<NextItem>(Oid::text, items, [](const Reopening& r) { return change_of(r.next); }));
    add(Oid::int8, [](const Payment& p) { return p.amounts.capturing; });
    add(Oid::int8, [](const Payment& p) { return p.amounts.refunding; });
    add(Oid::int8, [](const Payment& p) { return p.amounts.voiding; });
    add(Oid::text, [](const Payment& p) { return p.psp_reference; });
    add(Oid::text, [](const Payment& p) { return p.failure_code; });
    add(Oid::text, [](const Payment& p) { return p.failure_reason; });
    add(Oid::text, [](const Payment& p) {
        return p.next_action ? std::optional(p.next_action->url) : std::optional<std::string>();
    });
    add(Oid::timestamptz, [](const Payment& p) { return p.updated_at; });
}

void bind_attempt(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<NextItem>(type, items, [&](const Reopening& r) { return get(r.next.attempt); }));
    };
    add(Oid::text, [](const Attempt& a) { return payments::to_string(a.kind); });
    add(Oid::int8, [](const Attempt& a) { return a.amount.minor_units(); });
    add(Oid::bpchar, [](const Attempt& a) { return std::string(a.amount.currency().code()); });
    add(Oid::jsonb, [](const Attempt& a) { return parameters_json(a.parameters); });
    add(Oid::text, [](const Attempt& a) { return std::string_view(a.psp); });
    add(Oid::text, [](const Attempt& a) { return std::string_view(a.psp_account); });
    add(Oid::int2, [](const Attempt& a) { return a.encoder_version; });
    add(Oid::text, [](const Attempt& a) { return std::string_view(a.actor); });
    add(Oid::uuid, [](const Attempt& a) { return a.request.uuid(); });
}

postgres::Params bind_next(Items items, std::int16_t writer) {
    postgres::Params params;
    params.add(writer);
    const auto add = [&](Oid type, auto get) { params.add(column<NextItem>(type, items, get)); };
    add(Oid::uuid, [](const Reopening& r) { return r.next.payment.id.uuid(); });
    add(Oid::uuid, [](const Reopening& r) { return r.next.attempt.operation.uuid(); });
    add(Oid::int2, [](const Reopening& r) { return r.next.attempt.number; });
    add(Oid::int4, [](const Reopening& r) { return r.next.expected_version; });
    bind_payment(params, items);
    bind_attempt(params, items);
    add(Oid::timestamptz, [](const Reopening& r) { return r.next.now; });
    add(Oid::bytea, [](const Reopening& r) { return bytes_of(r.digest); });
    add(Oid::int8, [](const Reopening& r) { return in_ms(r.next.durations.lease); });
    add(Oid::int8, [](const Reopening& r) { return in_ms(r.next.durations.call); });
    add(Oid::int8, [](const Reopening& r) { return in_ms(r.next.durations.execute); });
    add(Oid::text, [](const Reopening&) { return std::string_view(); });
    add(Oid::int4, [](const Reopening& r) { return r.next.payment.events; });
    add(Oid::text, [](const Reopening& r) { return std::string_view(r.document); });
    return params;
}

class NextAttemptStatement final : public Statement {
public:
    std::string name() const override { return "next_attempt"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t writer) const override { return bind_next(items, writer); }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_times(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override {
        auto& next = static_cast<NextItem&>(item);
        verdict ? next.answer(IntentWon{verdict->at}) : next.answer(NextAttemptLost{});
    }
    const std::string& confirm_sql() const override { return confirm_opened_sql(); }
    postgres::Params bind_confirm(Items items) const override {
        return bind_confirm_opened<NextItem>(
            items, [](const Reopening& request) -> const auto& { return request.next.attempt; });
    }
};

}  // namespace

const Statement& next_attempt_statement() {
    static const NextAttemptStatement statement;
    return statement;
}

}  // namespace florin::store
