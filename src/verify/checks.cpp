#include "verify/checks.hpp"

#include <array>

#include "base/assert.hpp"
#include "payments/status.hpp"

namespace florin::verify {
namespace {

constexpr std::string_view kItems =
#include "verify/checks/items.sql"
    ;

constexpr auto kChecks = std::to_array<Check>({
    {
        "journal",
        "each journal sums to zero in each currency",
        "ledger_entries",
#include "verify/checks/journal.sql"
    },
    {
        "account",
        "each account's id, mode, currency and merchant follow from its path",
        "ledger_accounts",
#include "verify/checks/account.sql"
    },
    {
        "entry",
        "each entry has its account, currency, mode, merchant and approved result",
        "ledger_entries",
#include "verify/checks/entry.sql"
    },
    {
        "digest",
        "each result's digest is that of its result, journal and audit row",
        "operation_results",
#include "verify/checks/digest.sql"
    },
    {
        "chain",
        "each writer's links follow each other without a gap, and each hash is that of its changes",
        "chain_links",
#include "verify/checks/chain.sql"
    },
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
        "balance",
        "each balance is the sum of its entries",
        "ledger_balances",
#include "verify/checks/balance.sql"
    },
    {
        "amount",
        "each payment's amounts are those of its approved results",
        "payments",
#include "verify/checks/amount.sql"
    },
    {
        "capture",
        "each approved sale has one journal over its amount",
        "operation_results",
#include "verify/checks/capture.sql"
    },
    {
        "status",
        "each payment's status, version and failure follow from its amounts and results",
        "payments",
#include "verify/checks/status.sql"
    },
    {
        "audit",
        "each payment's changes are a legal walk from pending to its status",
        "payment_audit_log",
#include "verify/checks/audit.sql"
    },
    {
        "open",
        "each open payment has exactly one open row, and no other has one",
        "payments",
#include "verify/checks/open.sql"
    },
    {
        "attempt",
        "attempts are gap-free, and all but the last were not executed",
        "operations",
#include "verify/checks/attempt.sql"
    },
    {
        "parent",
        "each row has the rows that it belongs to",
        "idempotency_keys",
#include "verify/checks/parent.sql"
    },
    {
        "reference",
        "each PSP reference is its one owner's",
        "psp_references",
#include "verify/checks/reference.sql"
    },
    {
        "body",
        "each stored body says what its payment and result say",
        "operation_results",
#include "verify/checks/body.sql"
    },
});

void replace_all(std::string& sql, std::string_view name, std::string_view text) {
    for (auto at = sql.find(name); at != std::string::npos; at = sql.find(name, at + text.size())) {
        sql.replace(at, name.size(), text);
    }
}

std::string field_of(std::string_view expression) {
    const std::string value(expression);
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

// Ordered so that the limit does not tempt the planner into a plan for few rows: usually there are none.
std::string findings_sql(const Check& check) {
    std::string sql(check.file);
    replace_all(sql, "{items}", kItems);
    replace_all(sql, "{legal_changes}", payments::status_change_domain());
    expand_fields(sql);
    return "select subject, detail from (" + sql +
           ") found where detail is not null order by subject, detail limit 100";
}

std::string count_sql(const Check& check) {
    return "select count(*) from " + std::string(check.counted);
}

}  // namespace florin::verify
