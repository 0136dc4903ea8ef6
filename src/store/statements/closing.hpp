// What the statements share that close attempts (settle, adopt, record): judgements, journals, and what the worker
// comes back to. Parameters $1 to $47; settle adds $48 to $50, those that also open the attempts they close $48 to $52.
#pragma once

#include "store/statements.hpp"

namespace florin::store {

class ClosingStatement : public Statement {
public:
    postgres::Params bind(Items items, std::int16_t writer) const override;
    Verdicts read(const postgres::Rows& rows, std::size_t items) const final { return read_codes(rows, items); }
    void answer(Item& item, const std::optional<Verdict>& verdict) const final { answer_judged(item, verdict); }
    // The stored digest is the item's own.
    const std::string& confirm_sql() const final;
    postgres::Params bind_confirm(Items items) const final;
    std::vector<ledger::Account> accounts(Items items) const final;
};

// posting.cpp: $31 to $40.
void bind_postings(postgres::Params& params, Items items);
// Of settle: $48 to $50.
void bind_late_watch(postgres::Params& params, Items items);
// $48 to $52.
void bind_opening(postgres::Params& params, Items items);

}  // namespace florin::store
