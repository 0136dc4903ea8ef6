#include "store/statements.hpp"

namespace florin::store {
namespace {

const std::string kSql = expand(
#include "store/statements/settle.sql"
);

class SettleStatement final : public Statement {
public:
    std::string name() const override { return "settle"; }
    const std::string& sql() const override { return kSql; }
    postgres::Params bind(Items items, std::int16_t writer) const override {
        postgres::Params params = bind_judged(items, writer);
        bind_postings(params, items);
        return params;
    }
    Verdicts read(const postgres::Rows& rows, std::size_t items) const override { return read_codes(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const override { answer_judged(item, verdict); }
    const std::string& confirm_sql() const override { return confirm_closed_sql(); }
    postgres::Params bind_confirm(Items items) const override { return bind_confirm_closed(items); }
    std::vector<ledger::Account> accounts(Items items) const override { return posting_accounts(items); }
};

}  // namespace

const Statement& settle_statement() {
    static const SettleStatement statement;
    return statement;
}

}  // namespace florin::store
