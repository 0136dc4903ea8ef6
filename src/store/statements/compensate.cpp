#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using payments::Attempt;
using postgres::Oid;

const std::string kSql =
#include "store/statements/compensate.sql"
    ;

// The attempt stands under the item's own request.
const std::string kConfirm = R"sql(
    select x.ord::int4, 0::int2
    from unnest($1::uuid[], $2::uuid[], $3::int2[], $4::uuid[])
        with ordinality as x(payment_id, operation_id, attempt, request_id, ord)
    join operations o on o.payment_id = x.payment_id and o.operation_id = x.operation_id and o.attempt = x.attempt
        and o.request_id = x.request_id
)sql";

void bind_attempt(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<CompensateItem>(type, items, [&](const Compensation& c) { return get(c.attempt); }));
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

class CompensateStatement final : public Statement {
public:
    std::string name() const override { return "compensate"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t) const override {
        postgres::Params params;
        const auto add = [&](Oid type, auto get) { params.add(column<CompensateItem>(type, items, get)); };
        add(Oid::uuid, [](const Compensation& c) { return c.payment.id.uuid(); });
        add(Oid::uuid, [](const Compensation& c) { return c.attempt.operation.uuid(); });
        add(Oid::int4, [](const Compensation& c) { return c.expected_version; });
        bind_attempt(params, items);
        add(Oid::int8, [](const Compensation& c) { return in_ms(c.durations.lease); });
        add(Oid::int8, [](const Compensation& c) { return in_ms(c.durations.call); });
        add(Oid::int8, [](const Compensation& c) { return in_ms(c.durations.execute); });
        add(Oid::uuid, [](const Compensation& c) { return c.late.operation.uuid(); });
        add(Oid::int2, [](const Compensation& c) { return c.late.attempt; });
        add(Oid::text, [](const Compensation& c) { return std::string_view(c.late.reference); });
        add(Oid::boolean, [](const Compensation& c) { return c.late.reference_is_new; });
        return params;
    }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_codes(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override {
        const auto result =
            verdict ? static_cast<CompensationResult>(verdict->code) : CompensationResult::version_moved;
        static_cast<CompensateItem&>(item).answer(result);
    }
    const std::string& confirm_sql() const override { return kConfirm; }
    postgres::Params bind_confirm(Items items) const override {
        return bind_confirm_opened<CompensateItem>(
            items, [](const Compensation& request) -> const auto& { return request.attempt; });
    }
};

}  // namespace

const Statement& compensate_statement() {
    static const CompensateStatement statement;
    return statement;
}

}  // namespace florin::store
