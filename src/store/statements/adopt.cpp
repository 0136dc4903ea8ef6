#include "store/statements.hpp"
#include "store/statements/column.hpp"

namespace florin::store {
namespace {

using postgres::Oid;

const std::string kSql = expand(
#include "store/statements/adopt.sql"
);

void bind_opening(postgres::Params& params, Items items) {
    const auto add = [&](Oid type, auto get) {
        params.add(column<JudgedItem>(type, items, [&](const Judged& j) { return get(j.settlement.attempt); }));
    };
    using payments::Attempt;
    add(Oid::text, [](const Attempt& a) { return payments::to_string(a.kind); });
    add(Oid::int8, [](const Attempt& a) { return a.amount.minor_units(); });
    add(Oid::bpchar, [](const Attempt& a) { return std::string(a.amount.currency().code()); });
    add(Oid::text, [](const Attempt& a) { return std::string_view(a.psp_account); });
    add(Oid::int2, [](const Attempt& a) { return a.encoder_version; });
}

class AdoptStatement final : public Statement {
public:
    std::string name() const override { return "adopt"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t writer) const override {
        postgres::Params params = bind_judged(items, writer);
        bind_postings(params, items);
        bind_opening(params, items);
        return params;
    }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_codes(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override { answer_judged(item, verdict); }
    const std::string& confirm_sql() const override { return confirm_closed_sql(); }
    postgres::Params bind_confirm(Items items) const override { return bind_confirm_closed(items); }
    std::vector<ledger::Account> accounts(Items items) const override { return posting_accounts(items); }
};

}  // namespace

const Statement& adopt_statement() {
    static const AdoptStatement statement;
    return statement;
}

}  // namespace florin::store
