#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

const std::string kSql = expand(
#include "store/statements/keep_open.sql"
);

const std::string kConfirm = R"sql(
    select x.ord::int4, 0::int2
    from unnest($1::uuid[], $2::int4[], $3::int2[], $4::uuid[], $5::timestamptz[], $6::text[])
        with ordinality as x(operation_id, version, attempt, request_id, at, details, ord)
    join payment_audit_log a on a.operation_id = x.operation_id and a.sequence = x.version and a.attempt = x.attempt
        and a.request_id = x.request_id and a.created_at = x.at and a.details = x.details
)sql";

class KeepOpenStatement final : public Statement {
public:
    std::string name() const override { return "keep_open"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t writer) const override {
        postgres::Params params = bind_judged(items, writer);
        const auto add = [&](Oid type, auto get) {
            params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement); }));
        };
        add(Oid::int8, [](const Settlement& s) {
            return s.next_try ? std::optional(in_ms(*s.next_try)) : std::optional<std::int64_t>();
        });
        add(Oid::boolean, [](const Settlement& s) { return s.park; });
        add(Oid::boolean, [](const Settlement& s) { return s.fences; });
        return params;
    }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_codes(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override { answer_judged(item, verdict); }
    const std::string& confirm_sql() const override { return kConfirm; }
    postgres::Params bind_confirm(Items items) const override {
        postgres::Params params;
        const auto add = [&](Oid type, auto get) {
            params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement); }));
        };
        add(Oid::uuid, [](const Settlement& s) { return s.attempt.operation.uuid(); });
        add(Oid::int4, [](const Settlement& s) { return s.step.payment.version; });
        add(Oid::int2, [](const Settlement& s) { return s.attempt.number; });
        add(Oid::uuid, [](const Settlement& s) { return s.attempt.request.uuid(); });
        add(Oid::timestamptz, [](const Settlement& s) { return s.now; });
        add(Oid::text, [](const Settlement& s) { return std::string_view(s.evidence); });
        return params;
    }
};

}  // namespace

const Statement& keep_open_statement() {
    static const KeepOpenStatement statement;
    return statement;
}

}  // namespace florin::store
