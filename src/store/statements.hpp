// The statements of the group commit, one file each, and the items they are made of.
#pragma once

#include "store/item.hpp"
#include "store/items.hpp"
#include "store/psp_events.hpp"
#include "store/statement.hpp"

namespace florin::store {

// What a record claims beside the judgement: a key, or the operation that it reverses.
struct Claim {
    std::string key{};
    Digest fingerprint{};
    std::optional<OperationId> reverses{};
    std::optional<LateClaim> late{};
};
// A judgement with what is made of it once, when it is submitted.
struct Judged {
    Settlement settlement;
    Digest digest;
    Claim claim{};
};
// The codes of the statements that write judgements.
enum class Ending : std::int16_t { won, reference_taken, key_taken, reversed, lost };

struct Reopening {
    NextAttempt next;
    Digest digest;
    std::string document;  // of the payment, where its status changes
};
using IntentItem = Pending<Intent, IntentResult>;
using ReserveItem = Pending<Reservation, ReservationResult>;
using JudgedItem = Pending<Judged, Ending>;
using CompensateItem = Pending<Compensation, CompensationResult>;
using NextItem = Pending<Reopening, NextAttemptResult>;
using EventItem = Pending<ReceivedEvent, Kept>;

const Statement& settle_statement();
const Statement& adopt_statement();
const Statement& compensate_statement();
const Statement& keep_open_statement();
const Statement& next_attempt_statement();
const Statement& record_statement();
const Statement& reserve_statement();
const Statement& intent_statement();
const Statement& keep_event_statement();

// What the statements share that write judgements: parameters $1 to $30.
postgres::Params bind_judged(Items items, std::int16_t writer);
void answer_judged(Item& item, const std::optional<Verdict>& verdict);
// "pending>captured"; empty when the status stays.
std::optional<std::string> change_of(const Settlement& settlement);
std::optional<std::string> change_of(const NextAttempt& next);
// The PSP's object that stands for the operation: the one it created or names, else, but for a refund, the payment's.
std::optional<std::string> reference_of(const Settlement& settlement);

// What the statements share that open attempts, when a lost commit is looked for: the attempt stands under the item's
// own request.
const std::string& confirm_opened_sql();

}  // namespace florin::store
