#include "verify/checks.hpp"

#include <array>

#include "base/assert.hpp"
#include "verify/payment_checks.hpp"

namespace florin::verify {
namespace {

constexpr std::string_view kItems =
#include "verify/checks/items.sql"
    ;
// Of a result r: a refusal against settled amounts, stored under its key. No PSP's decline has one of these reasons.
constexpr std::string_view kRefused =
    "(r.outcome = 'declined' and r.reason in ('amount_out_of_range', 'currency_mismatch', 'operation_not_allowed'))";

constexpr Check kCutOff{
    "cut_off",
    "each balance as it stood then is the sum of the entries up to then",
    "chain_links",
#include "verify/checks/cut_off.sql"
};

// First what looks at whole tables, the longest first; then what looks at one payment after the other, all of it in one
// pass that whoever is free goes on with.
constexpr auto kChecks = std::to_array<Check>({
    {
        "outbox",
        "each result and each change of status stands in exactly one link",
        "payment_audit_log",
#include "verify/checks/outbox.sql"
    },
    {
        "balance_after",
        "each entry's balance_after is exact in commit order",
        "ledger_entries",
#include "verify/checks/balance_after.sql"
    },
    {
        "parent",
        "each row has the rows that it belongs to",
        "idempotency_keys",
#include "verify/checks/parent.sql"
        ,
        check_parent,
    },
    {
        "reference",
        "each PSP reference is its one owner's",
        "psp_references",
#include "verify/checks/reference.sql"
    },
    {
        "chain",
        "each writer's links follow each other without a gap, and each hash is that of its changes",
        "chain_links",
#include "verify/checks/chain.sql"
    },
    {
        "event",
        "each payment's events count from 1 in the order of its versions; what the relay has passed is in events, once",
        "events",
#include "verify/checks/event.sql"
    },
    {
        "reversal",
        "each reversal is recorded once, with the opposite of each line that it reverses",
        "operation_reversals",
#include "verify/checks/reversal.sql"
    },
    {
        "late",
        "each late success not adopted has its answer; standing_late_charges has what is not undone yet, no more",
        "late_charges",
#include "verify/checks/late.sql"
    },
    {
        "held",
        "what holds something, and nothing else, is in held_authorizations; what is watched may be taken back",
        "held_authorizations",
#include "verify/checks/held.sql"
    },
    {
        "refusal",
        "stored refusals changed nothing",
        "operation_results",
#include "verify/checks/refusal.sql"
    },
    {
        "open",
        "each open creation has exactly one open row; voids and expiries stand alone",
        "payments",
#include "verify/checks/open.sql"
    },
    {
        "balance",
        "each balance is the sum of its entries",
        "ledger_balances",
#include "verify/checks/balance.sql"
    },
    {
        "account",
        "each account's id, mode, currency and merchant follow from its path",
        "ledger_accounts",
#include "verify/checks/account.sql"
    },
    {
        "amount",
        "each payment's amounts and reservations are those of its operations, within the limits",
        "payments",
        {},
        check_amount,
    },
    {
        "attempt",
        "attempts are gap-free and legal, and all but the last were not executed",
        "operations",
        {},
        check_attempt,
    },
    {
        "audit",
        "each payment's changes are a legal walk from pending to its status",
        "payment_audit_log",
        {},
        check_audit,
    },
    {
        "body",
        "each stored body says what its payment and result say",
        "operation_results",
        {},
        check_body,
    },
    {
        "digest",
        "each result's digest is that of its result, journal and audit row",
        "operation_results",
        {},
        check_digest,
    },
    {
        "entry",
        "each entry has its account, currency, mode, merchant and approved result",
        "ledger_entries",
        {},
        check_entry,
    },
    {
        "journal",
        "each journal sums to zero in each currency",
        "ledger_entries",
        {},
        check_journal,
    },
    {
        "memo",
        "each payment's authorizations less its releases are what it holds",
        "payments",
        {},
        check_memo,
    },
    {
        "posting",
        "each approved operation has the journals of its kind, with the right legs, and nothing else posts",
        "operation_results",
        {},
        check_posting,
    },
    {
        "status",
        "each payment's status, version and failure follow from its amounts and results",
        "payments",
        {},
        check_status,
    },
    {
        "walk",
        "each result leaves the limits, has a version of its own and an audit row where the status changed",
        "operation_results",
        {},
        check_walk,
    },
});

void replace_all(std::string& sql, std::string_view name, std::string_view text) {
    for (auto at = sql.find(name); at != std::string::npos; at = sql.find(name, at + text.size())) {
        sql.replace(at, name.size(), text);
    }
}

std::string field_of(std::string_view expression) {
    const std::string value = "(" + std::string(expression) + ")";
    return "coalesce(octet_length(" + value + ") || ':' || " + value + ", '-') || E'\\n'";
}

void expand_fields(std::string& sql) {
    for (auto begin = sql.find('{'); begin != std::string::npos; begin = sql.find('{', begin)) {
        const auto end = sql.find('}', begin);
        FLORIN_ASSERT(end != std::string::npos);
        const std::string field = field_of(std::string_view(sql).substr(begin + 1, end - begin - 1));
        sql.replace(begin, end - begin + 1, field);
        begin += field.size();
    }
}

}  // namespace

std::span<const Check> checks() {
    return kChecks;
}

const Check& cut_off() {
    return kCutOff;
}

// Ordered so that the limit does not tempt the planner into a plan for few rows: usually there are none.
std::string findings_sql(const Check& check, std::optional<WallTime> as_of) {
    std::string sql(check.sql);
    replace_all(sql, "{items}", kItems);
    replace_all(sql, "{refused}", kRefused);
    if (as_of) replace_all(sql, "{as_of}", "'" + format_time(*as_of) + "'::timestamptz");
    expand_fields(sql);
    return "select subject, detail from (" + sql +
           ") found where detail is not null order by subject, detail limit 100";
}

std::string count_sql(const Check& check) {
    return "select count(*) from " + std::string(check.counted);
}

}  // namespace florin::verify
