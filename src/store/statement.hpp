// One set-based statement of the group commit: how a batch of items becomes parameters, and rows become answers.
// The statement is the transaction; it answers per item, and an item that is not in its rows has lost.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/journal.hpp"
#include "postgres/params.hpp"
#include "postgres/rows.hpp"
#include "store/item.hpp"
#include "store/queue.hpp"

namespace florin::store {

using Items = std::span<const ItemPtr>;
// What the rows say of one item; empty means that it lost.
struct Verdict {
    std::int16_t code = 0;
    WallTime at{};
    bool won() const { return code == 0; }
};
using Verdicts = std::vector<std::optional<Verdict>>;

class Statement {
public:
    virtual ~Statement() = default;
    virtual std::string name() const = 0;
    virtual const std::string& sql() const = 0;
    virtual postgres::Params bind(Items items, std::int16_t writer) const = 0;
    virtual Verdicts read(const postgres::Rows& rows, std::size_t items) const = 0;
    virtual void answer(Item& item, const std::optional<Verdict>& verdict) const = 0;

    // Whether rows of its own already stand for an item: asked for losers of a batch that was submitted again (rule
    // 19). The rows have the same columns as the statement's.
    virtual const std::string& confirm_sql() const = 0;
    virtual postgres::Params bind_confirm(Items items) const = 0;

    // Accounts that must exist, with a balance of this writer, before the batch is sent.
    virtual std::vector<ledger::Account> accounts(Items) const { return {}; }
};

const Statement& statement_of(Kind kind);

// Replaces {judged}, {claims}, … by the parts of that name that statements share.
std::string expand(std::string sql);

// Rows of (ord int4, timestamptz), where none is a loss with code 1, and of (ord int4, code int2).
Verdicts read_times(const postgres::Rows& rows, std::size_t items);
Verdicts read_codes(const postgres::Rows& rows, std::size_t items);

}  // namespace florin::store
