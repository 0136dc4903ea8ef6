// What the database refuses by itself, whoever asks.
#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

constexpr const char* kAppendOnly[] = {
    "idempotency_keys", "operations",     "operation_results", "psp_references",    "late_charges",
    "ledger_accounts",  "ledger_entries", "payment_audit_log", "chain_links",       "operation_reversals",
    "admin_audit_log",  "psp_events",     "psp_event_ids",     "interim_documents", "events"};

class SchemaTest : public StoreTest {
protected:
    SchemaTest() { month_ = std::string(query("select to_char(now() at time zone 'UTC', 'YYYYMM')")[0].text(0)); }

    // Inserts lines of one journal, (kind, amount, currency) each, as the owner.
    std::string post(const std::string& table, const std::string& lines) {
        const std::string id = to_string(make_sale(merchant_).attempt.operation.uuid());
        return refusal_of("insert into " + table + " select '" + id +
                              "', kind, row_number() over (), 1, gen_random_uuid(), null, "
                              "amount, currency, 1023, amount, now() from (values " +
                              lines + ") as l(kind, amount, currency)",
                          urls().owner);
    }
    std::string month_;
};

TEST_F(SchemaTest, the_gateway_may_not_change_or_remove_what_is_append_only) {
    for (const std::string table : kAppendOnly) {
        const std::string column(
            query("select attname::text from pg_attribute where attrelid = '" + table + "'::regclass and attnum = 1")[0]
                .text(0));
        const std::string set = "update " + table + " set " + column + " = " + column;
        for (const std::string& sql : {set, "delete from " + table, "truncate " + table}) {
            EXPECT_EQ(refusal_of(sql, urls().application), "42501") << sql;
            EXPECT_EQ(refusal_of(sql, urls().owner), "23001") << sql;
            EXPECT_EQ(refusal_of(sql, urls().admin), "23001") << sql;
        }
    }
}

TEST_F(SchemaTest, partitions_are_guarded_as_their_parents_are) {
    for (const std::string parent :
         {"ledger_entries", "operation_results", "payment_audit_log", "psp_events", "interim_documents", "events"}) {
        const std::string part = parent + "_" + month_;
        EXPECT_EQ(refusal_of("insert into " + part + " select", urls().application), "42501");
        EXPECT_EQ(refusal_of("truncate " + part, urls().application), "42501");
        EXPECT_EQ(refusal_of("delete from " + part, urls().owner), "23001");
        EXPECT_EQ(refusal_of("truncate " + part, urls().owner), "23001");
    }
}

TEST_F(SchemaTest, the_gateway_owns_nothing_and_may_not_define_anything) {
    EXPECT_EQ(count("select count(*) from pg_class where relowner = 'florin_app'::regrole"), 0);
    for (const char* sql : {"create table mine (id int)", "alter table ledger_entries disable trigger all",
                            "set session_replication_role = replica", "drop table payments", "delete from payments",
                            "select florin_make_partition('ledger_entries', '2030-01-01')"}) {
        EXPECT_EQ(refusal_of(sql, urls().application), "42501") << sql;
    }
}

TEST_F(SchemaTest, an_unbalanced_journal_is_refused_by_parent_and_partition) {
    struct Case {
        const char* lines;
        const char* refusal;
    };
    constexpr Case kCases[] = {
        {"(1, 100, 'USD')", "P0001"},
        {"(1, 100, 'USD'), (1, -99, 'USD')", "P0001"},
        {"(1, 100, 'USD'), (1, -100, 'EUR')", "P0001"},
        {"(1, 100, 'USD'), (2, -100, 'USD')", "P0001"},
        {"(1, 0, 'USD')", "23514"},
        {"(1, 9223372036854775807, 'USD'), (1, 9223372036854775807, 'USD'), (1, 2, 'USD')", "P0001"},
        {"(1, 100, 'USD'), (1, -100, 'USD'), (1, 7, 'EUR'), (1, -7, 'EUR')", ""},
        {"(1, 9223372036854775807, 'USD'), (1, -9223372036854775807, 'USD')", ""},
    };
    for (const auto& [lines, refusal] : kCases) {
        EXPECT_EQ(post("ledger_entries", lines), refusal) << lines;
        EXPECT_EQ(post("ledger_entries_" + month_, lines), refusal) << lines;
    }
}

TEST_F(SchemaTest, a_journal_cannot_be_posted_twice) {
    const Operation sale = open_sale();
    ASSERT_EQ(wait(store().commit(approved(sale), soon())), SettlementResult::won);
    EXPECT_EQ(refusal_of("insert into ledger_entries select * from ledger_entries where operation_id = '" +
                             to_string(sale.attempt.operation.uuid()) + "'",
                         urls().owner),
              "23505");
}

TEST_F(SchemaTest, a_journal_cut_short_leaves_nothing) {
    const std::string id = to_string(make_sale(merchant_).attempt.operation.uuid());
    const std::string insert =
        "insert into ledger_entries select '" + id +
        "', 1, n, 1, gen_random_uuid(), null, "
        "case when n % 2 = 0 then -1 else 1 end, 'USD', 1023, 0, now() from generate_series(1, 10001) n";
    EXPECT_EQ(refusal_of(insert, urls().owner), "P0001");
    EXPECT_EQ(count("select count(*) from ledger_entries where operation_id = '" + id + "'"), 0);
}

TEST_F(SchemaTest, an_audit_row_says_only_what_the_state_table_allows) {
    EXPECT_EQ(refusal_of("select 'captured>pending'::status_change", urls().application), "23514");
    EXPECT_EQ(refusal_of("select 'pending>captured'::status_change", urls().application), "");
    EXPECT_EQ(refusal_of("select 'voided>captured'::status_change", urls().application), "23514");
    EXPECT_EQ(refusal_of("select 'captured>partially_refunded'::status_change", urls().application), "");
}

// The last line of defence, should a decision or the compare-and-set ever be wrong.
TEST_F(SchemaTest, a_payment_cannot_hold_more_than_its_authorization) {
    const Operation sale = open_sale(100);
    const std::string where = " where id = '" + to_string(sale.payment.id.uuid()) + "'";
    for (const char* set :
         {"captured = 1", "authorized = 100, captured = 60, voided = 41",
          "authorized = 100, captured = 60, capturing = 41", "authorized = 100, captured = 50, refunded = 51",
          "authorized = 100, captured = 50, refunded = 25, refunding = 26",
          "authorized = 100, captured = 60, expired = 41", "authorized = 100, voiding = 50, expired = 51",
          "authorized = 100, captured = 60, voided = -10", "authorized = 100, captured = 60, refunding = -1",
          "authorized = 100, capturing = -1", "authorized = 100, expired = -1"}) {
        EXPECT_EQ(refusal_of("update payments set " + std::string(set) + where, urls().application), "23514") << set;
    }
}

TEST_F(SchemaTest, months_are_kept_ahead_also_of_a_shifted_clock) {
    wait(store().ensure_partitions(soon()));
    EXPECT_EQ(wait(store().readiness(soon())), "");
    query(
        "create or replace function florin_now() returns timestamptz language sql volatile as "
        "$$ select clock_timestamp() + interval '2 months' $$");
    EXPECT_NE(wait(store().readiness(soon())), "");
    wait(store().ensure_partitions(soon()));
    EXPECT_EQ(wait(store().readiness(soon())), "");
    EXPECT_EQ(count("select florin_ensure_partitions()::int8"), 0);
    const auto made = query(
        "select count(*)::int8 from pg_trigger where not tgisinternal and tgrelid = ('ledger_entries_' || "
        "to_char((now() at time zone 'UTC') + interval '4 months', 'YYYYMM'))::regclass");
    EXPECT_EQ(made[0].int8(0), 2);
    query(
        "create or replace function florin_now() returns timestamptz language sql volatile as 'select "
        "clock_timestamp()'");
}

TEST_F(SchemaTest, the_functions_that_run_as_their_owner_pin_their_path) {
    EXPECT_EQ(count("select count(*) from pg_proc where pronamespace = 'public'::regnamespace and prosecdef and "
                    "(proconfig is null or not 'search_path=pg_catalog, pg_temp' = any (proconfig))"),
              0);
}

}  // namespace
}  // namespace florin::store::test
