// `florin verify` on a small world made by SQL: clean as it is, and each altered row seen and named by its check.
#include "verify/verify.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "postgres/migrations.hpp"
#include "postgres/postgres_fixture.hpp"
#include "verify/checks.hpp"

namespace florin::verify {
namespace {

using postgres::test::cluster;
using postgres::test::soon;

constexpr const char* kWorld =
#include "verify/world.sql"
    ;
constexpr auto kTables =
    std::to_array<std::string_view>({"merchants", "idempotency_keys", "payments", "operations", "open_operations",
                                     "operation_results", "psp_references", "late_charges", "ledger_accounts",
                                     "ledger_balances", "ledger_entries", "payment_audit_log", "chain_links"});

std::string on_each_table(fmt::format_string<const std::string_view&> sql) {
    std::string all;
    for (const auto table : kTables) all += fmt::format(sql, table);
    return all;
}

std::string words(const Report& report) {
    std::string out;
    for (const auto& finding : report.findings) {
        out += fmt::format("{} | {} | {}\n", finding.check, finding.row, finding.detail);
    }
    return out;
}

// One world per program; a test that alters it puts it back.
class Verify : public postgres::test::OnLoop {
protected:
    void SetUp() override {
        admin_ = connect();
        static bool made = false;
        if (!std::exchange(made, true)) wait(make_world());
    }
    Task<void> make_world() {
        auto owner = co_await postgres::Connection::open(loop_.get_executor(), cluster().urls().owner, soon());
        co_await postgres::migrate(*owner, soon());
        co_await admin_->run(kWorld, soon());
        co_await admin_->run("create schema kept;" + on_each_table("create table kept.{0} as table {0};"), soon());
    }
    // As the gateway's own role, which is what the command uses.
    Report look() {
        auto application = connect(cluster().urls().application);
        return wait(verify(*application, nullptr, soon()));
    }
    // As a superuser whom no trigger stops.
    void alter(const std::string& sql) {
        run(*admin_, "begin; set local session_replication_role = replica;" + sql + "; commit");
    }
    void restore() { alter(on_each_table("delete from {0}; insert into {0} table kept.{0};")); }

    postgres::test::ConnectionPtr admin_;
};

// Payments 11 to 15 are …0b to …0f, their operations 111 to 115 are …6f to …73: see world.sql.
struct Alteration {
    const char* sql;
    const char* check;
    const char* row;
    const char* detail;
};
constexpr auto kAlterations = std::to_array<Alteration>({
    {"update ledger_entries set amount = amount + 1 where operation_id = world.id(111) and line = 1", "journal",
     "6f journal 1", "in USD sum to 1 "},
    {"update ledger_entries set amount = amount + 1 where operation_id = world.id(111) and line = 1", "balance_after",
     "6f journal 1 line 1", "is 9970, "},
    {"update ledger_accounts set path = 'test:bank:USD' where path = 'test:platform:fees:USD'", "account",
     "test:bank:USD", "not derived"},
    {"update ledger_accounts set live = true where path = 'test:platform:fees:USD'", "account",
     "test:platform:fees:USD", "its mode"},
    {"update ledger_accounts set merchant_id = world.id(2) where path like '%payable:USD'", "account", ":payable:USD",
     "its merchant"},
    {"update ledger_entries set currency = 'GBP' where operation_id = world.id(112)", "entry", "70 journal 1 line 2",
     "in GBP"},
    {"update ledger_entries set account_id = world.id(9) where operation_id = world.id(112) and line = 4", "entry",
     "70 journal 1 line 4", "does not exist"},
    {"update ledger_entries set writer = 1 where operation_id = world.id(111)", "entry", "6f journal 1 line 3",
     "its writer is 1"},
    {"update ledger_entries set merchant_id = null where operation_id = world.id(111)", "entry", "6f journal 1 line 3",
     "its merchant is none"},
    {"update ledger_entries set attempt = 1 where operation_id = world.id(112)", "entry", "70 journal 1 line 1",
     "ended as not_executed"},
    {"update operation_results set body = replace(body, '10000', '10001') where operation_id = world.id(111)", "digest",
     "6f-1", "its digest is "},
    {"update operation_results set body = replace(body, '10000', '10001') where operation_id = world.id(111)", "body",
     "6f-1", "10001 USD"},
    {"update operation_results set body = body || ' ' where operation_id = world.id(113)", "digest", "71-1", "digest"},
    {"update operation_results set body = 'no JSON' where operation_id = world.id(111)", "digest", "6f-1", "digest"},
    {"update operation_results set body = 'no JSON' where operation_id = world.id(111)", "body", "all rows",
     "cannot be computed"},
    {"update operation_results set created_at = created_at + interval '1 microsecond' where operation_id = "
     "world.id(113)",
     "digest", "71-1", "digest"},
    {"update payment_audit_log set details = replace(details, '„', '\"') where operation_id = world.id(113)", "digest",
     "71-1", "digest"},
    {"update payment_audit_log set actor = 'key:other' where operation_id = world.id(111) and sequence = 2", "chain",
     "writer 0 link 1", "00006f sequence 2"},
    {"update operation_results set digest = sha256('') where operation_id = world.id(111)", "chain", "writer 0 link 2",
     "its hash is "},
    {"update chain_links set hash = sha256('') where writer = 0 and link = 2", "chain", "writer 0 link 3",
     "its previous is "},
    {"update chain_links set operation_ids = array[operation_ids[2], operation_ids[1]], sequences = "
     "array[sequences[2], sequences[1]] where writer = 0 and link = 2",
     "chain", "writer 0 link 2", "its hash is "},
    {"delete from chain_links where writer = 1 and link = 1", "chain", "writer 1 link 2", "before it is 0"},
    {"delete from chain_links where writer = 0 and link = 3", "outbox", "70-2", "stands in 0 links"},
    {"update operation_results set link = 2 where operation_id = world.id(112) and attempt = 2", "outbox", "70-2",
     "writer 0 link 2; it stands in writer 0 link 3"},
    {"update chain_links set attempts = '{9}' where writer = 1 and link = 2", "outbox", "writer 1 link 2", "70-9"},
    {"update chain_links set attempts = '{9}' where writer = 1 and link = 2", "outbox", "70-2 sequence 3",
     "stands in 0 links"},
    {"update ledger_entries set balance_after = balance_after + 1 where operation_id = world.id(112) and line = 3",
     "balance_after", "70 journal 1 line 3", "make -12400"},
    {"update ledger_balances set balance = balance + 1 where account_id = world.account('test:platform:fees:USD')",
     "balance", "test:platform:fees:USD writer 0", "is -99, its entries sum to -100"},
    {"delete from ledger_balances where account_id = world.account('test:platform:fees:USD')", "balance",
     "test:platform:fees:USD writer 0", "no balance"},
    {"update payments set captured = captured - 1 where id = world.id(11)", "amount", "00000b", "captured is 9999"},
    {"update payments set amount = 10001 where id = world.id(11)", "amount", "00000b", "its amount is 10001"},
    {"update payments set refunded = 1 where id = world.id(11)", "amount", "00000b", "refunds"},
    {"update payments set authorized = 500 where id = world.id(14)", "amount", "00000e", "authorized is 500"},
    {"delete from ledger_entries where operation_id = world.id(111)", "capture", "6f-1", "0 journals"},
    {"insert into ledger_entries select operation_id, 2, line, attempt, account_id, merchant_id, amount, currency, "
     "writer, balance_after, created_at from ledger_entries where operation_id = world.id(111)",
     "capture", "6f-1", "2 journals"},
    {"update ledger_entries set amount = amount + case line when 1 then 10 else -10 end where operation_id = "
     "world.id(111) and line in (1, 3)",
     "capture", "6f-1", "owes and keeps 10010"},
    {"update payments set status = 'failed' where id = world.id(11)", "status", "00000b", "make captured"},
    {"update payments set status = 'pending' where id = world.id(13)", "status", "00000d", "make failed"},
    {"update payments set version = version + 1 where id = world.id(11)", "status", "00000b", "version is 4"},
    {"update payments set failure_code = null where id = world.id(13)", "status", "00000d", "failure_code null"},
    {"delete from payment_audit_log where operation_id = world.id(111) and sequence = 2", "audit", "6f-1 sequence 3",
     "follows a change to pending"},
    {"update payments set status = 'requires_action' where id = world.id(14)", "audit", "00000e", "without any change"},
    {"update payment_audit_log set change = 'pending>failed' where operation_id = world.id(111) and sequence = 2",
     "audit", "6f-1 sequence 2", "no result"},
    {"update payment_audit_log set actor = '' where operation_id = world.id(111) and sequence = 2", "audit",
     "6f-1 sequence 2", "no actor"},
    {"delete from open_operations where payment_id = world.id(14)", "open", "00000e", "has 0 open rows"},
    {"select world.attempt(13, 2::int2)", "open", "00000d", "has 1 open rows"},
    {"update open_operations set psp_account = 'other'", "open", "72-1", "sale stripe other"},
    {"update open_operations set attempt = 2", "open", "72-2", "no attempt"},
    {"delete from open_operations", "attempt", "72-1", "neither a result nor an open row"},
    {"delete from operations where operation_id = world.id(112) and attempt = 1", "attempt", "70-2", "number 1"},
    {"update operation_results set outcome = 'declined' where operation_id = world.id(112) and attempt = 1", "attempt",
     "70-1", "ended as declined"},
    {"update operations set amount = 1 where operation_id = world.id(114)", "attempt", "72-1", "1 JPY"},
    {"delete from payments where id = world.id(14)", "attempt", "72-1", "its payment does not exist"},
    {"delete from idempotency_keys where key = 'key-13'", "parent", "00000d", "0 idempotency keys"},
    {"update idempotency_keys set operation_id = world.id(1) where key = 'key-13'", "parent", "key-13", "no attempt 1"},
    {"update idempotency_keys set live = true where key = 'key-13'", "parent", "key-13", "merchant or mode"},
    {"delete from operations where operation_id = world.id(113)", "parent", "71-1", "no attempt of"},
    {"delete from merchants", "parent", "00000b", "its merchant"},
    {"update late_charges set adopted_by = 3", "parent", "73-1", "attempt 3 adopted"},
    {"update psp_references set operation_id = world.id(113) where psp_reference = 'pi_11'", "reference", "6f-1",
     "belongs to "},
    {"delete from psp_references where psp_reference = 'pi_13'", "reference", "71-1", "no owner"},
    {"update payments set psp_reference = 'pi_12' where id = world.id(11)", "reference", "00000b", "belongs to "},
    {"update psp_references set attempt = 7 where psp_reference = 'pi_13'", "reference", "stripe pi_13",
     "does not exist"},
    {"update payments set description = 'x' where id = world.id(11)", "body", "6f-1", "description"},
    {"update payments set metadata = '{}' where id = world.id(13)", "body", "71-1", "metadata"},
    {"update operation_results set http_status = 402 where operation_id = world.id(111)", "body", "6f-1", "402"},
});

TEST_F(Verify, an_honest_world_is_clean_and_every_check_looks_at_rows) {
    const Report report = look();
    EXPECT_EQ(words(report), "");
    ASSERT_EQ(report.counted.size(), checks().size());
    for (const auto& [check, rows] : report.counted) EXPECT_GT(rows, 0) << check;
}

TEST_F(Verify, each_altered_row_is_named_by_its_check) {
    for (const auto& [sql, check, row, detail] : kAlterations) {
        alter(sql);
        const Report report = look();
        const bool named = std::ranges::any_of(report.findings, [&](const Finding& finding) {
            return finding.check == check && finding.row.contains(row) && finding.detail.contains(detail);
        });
        EXPECT_TRUE(named) << sql << "\nexpected: " << check << " | " << row << " | " << detail << '\n'
                           << words(report);
        restore();
    }
    EXPECT_EQ(words(look()), "");
}

TEST_F(Verify, every_check_has_an_alteration_that_it_finds) {
    std::set<std::string_view> altered;
    for (const auto& alteration : kAlterations) altered.insert(alteration.check);
    for (const Check& check : checks()) EXPECT_TRUE(altered.contains(check.name)) << check.name;
}

TEST_F(Verify, a_check_reports_at_most_a_hundred_rows) {
    alter(
        "insert into psp_references select 'stripe', 'pi_' || n, world.id(113), 9, world.id(13) "
        "from generate_series(1000, 1249) n");
    EXPECT_EQ(look().findings.size(), 100U);
    restore();
}

TEST_F(Verify, the_connection_serves_again_and_progress_names_each_check) {
    std::size_t named = 0;
    const auto progress = [&](const std::string& name) { named += name == checks()[named].name; };
    wait(verify(*admin_, progress, soon()));
    EXPECT_EQ(named, checks().size());
    EXPECT_TRUE(query(*admin_, "select pg_current_xact_id_if_assigned() is null")[0].boolean(0));
    EXPECT_EQ(words(wait(verify(*admin_, nullptr, soon()))), "");
}

}  // namespace
}  // namespace florin::verify
