// The statements of the group commit, one file each, and the items they are made of.
#pragma once

#include "store/item.hpp"
#include "store/items.hpp"
#include "store/statement.hpp"

namespace florin::store {

// A judgement with what is made of it once, when it is submitted.
struct Judged {
    Settlement settlement;
    Digest digest;
};
struct Reopening {
    NextAttempt next;
    Digest digest;
};
using IntentItem = Pending<Intent, IntentResult>;
using JudgedItem = Pending<Judged, SettlementResult>;
using NextItem = Pending<Reopening, NextAttemptResult>;

const Statement& intent_statement();
const Statement& settle_statement();
const Statement& keep_open_statement();
const Statement& next_attempt_statement();
const Statement& adopt_statement();

// What settle, adopt and keep_open share: parameters $1 to $28, and with postings to $38.
postgres::Params bind_judged(Items items, std::int16_t writer);
void bind_postings(postgres::Params& params, Items items);
std::vector<ledger::Account> posting_accounts(Items items);
void answer_judged(Item& item, const std::optional<Verdict>& verdict);
// "pending>captured"; empty when the status stays.
std::optional<std::string> change_of(const Settlement& settlement);

// What settle and adopt share when a lost commit is looked for: the stored digest is the item's own.
const std::string& confirm_closed_sql();
postgres::Params bind_confirm_closed(Items items);
// What intent and next_attempt share: the attempt stands under the item's own request.
const std::string& confirm_opened_sql();
postgres::Params bind_confirm_opened(std::span<const payments::Attempt* const> attempts);

}  // namespace florin::store
