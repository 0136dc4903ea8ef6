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
#include "verify/alterations.hpp"
#include "verify/checks.hpp"
#include "verify/event_alterations.hpp"
#include "verify/late_alterations.hpp"

namespace florin::verify {
namespace {

using postgres::test::cluster;
using postgres::test::soon;

constexpr const char* kWorld =
#include "verify/stories.sql"
#include "verify/world.sql"
    ;
constexpr auto kTables = std::to_array<std::string_view>(
    {"merchants",           "idempotency_keys",      "payments",         "operations",          "open_operations",
     "operation_results",   "psp_references",        "late_charges",     "ledger_accounts",     "ledger_balances",
     "ledger_entries",      "payment_audit_log",     "chain_links",      "held_authorizations", "watched_operations",
     "operation_reversals", "standing_late_charges", "watched_attempts", "interim_documents",   "events",
     "relay_cursors"});

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
        co_await admin_->run("call world.make(18, 4)", soon());
        co_await admin_->run("create schema kept;" + on_each_table("create table kept.{0} as table {0};"), soon());
    }
    // As the gateway's own role, which is what the command uses.
    Report look(Options options = {}) {
        auto application = connect(cluster().urls().application);
        return wait(verify(*application, {}, std::move(options), soon()));
    }
    // As a superuser whom no trigger stops.
    void alter(const std::string& sql) {
        run(*admin_, "begin; set local session_replication_role = replica;" + sql + "; commit");
    }
    void expect_named(const Alteration& alteration) {
        const auto& [sql, check, row, detail] = alteration;
        alter(sql);
        const Report report = look({.only = check});
        const bool named = std::ranges::any_of(report.findings, [&](const Finding& finding) {
            return finding.check == check && finding.row.contains(row) && finding.detail.contains(detail);
        });
        EXPECT_TRUE(named) << sql << "\nexpected: " << check << " | " << row << " | " << detail << '\n'
                           << words(report);
        restore();
    }
    void restore() { alter(on_each_table("delete from {0}; insert into {0} table kept.{0};")); }

    postgres::test::ConnectionPtr admin_;
};

TEST_F(Verify, an_honest_world_is_clean_and_every_check_looks_at_rows) {
    const Report report = look();
    EXPECT_EQ(words(report), "");
    ASSERT_EQ(report.counted.size(), checks().size());
    for (const auto& [check, rows] : report.counted) EXPECT_GT(rows, 0) << check;
}

TEST_F(Verify, three_connections_see_one_snapshot_and_find_the_same_in_the_same_order) {
    alter("update payments set version = version + 1; update operation_results set digest = sha256('')");
    const auto second = connect();
    const auto third = connect();
    const std::vector<postgres::Connection*> helpers{second.get(), third.get()};
    const Report together = wait(verify(*admin_, helpers, {}, soon()));
    const Report alone = look();
    restore();
    EXPECT_FALSE(alone.findings.empty());
    EXPECT_EQ(words(together), words(alone));
    EXPECT_EQ(together.counted, alone.counted);
}

TEST_F(Verify, each_altered_row_is_named_by_its_check) {
    for (const auto& alteration : kAlterations) expect_named(alteration);
    EXPECT_EQ(words(look()), "");
}

TEST_F(Verify, each_altered_row_of_what_came_late_is_named_by_its_check) {
    for (const auto& alteration : kLateAlterations) expect_named(alteration);
    EXPECT_EQ(words(look()), "");
}

TEST_F(Verify, each_altered_row_of_the_events_is_named_by_its_check) {
    for (const auto& alteration : kEventAlterations) expect_named(alteration);
    EXPECT_EQ(words(look()), "");
}

TEST_F(Verify, links_of_older_releases_have_no_events) {
    alter("update chain_links set events = null; delete from events; update payments set events = 0");
    EXPECT_EQ(words(look({.only = "event"})), "");
    restore();
}

TEST_F(Verify, every_check_has_an_alteration_that_it_finds) {
    std::set<std::string_view> altered;
    for (const auto& alteration : kAlterations) altered.insert(alteration.check);
    for (const auto& alteration : kLateAlterations) altered.insert(alteration.check);
    for (const auto& alteration : kEventAlterations) altered.insert(alteration.check);
    for (const Check& check : checks()) EXPECT_TRUE(altered.contains(check.name)) << check.name;
}

// The steps of the world's payments are a second apart from 10:00:01 on.
TEST_F(Verify, the_books_of_a_time_are_those_of_the_links_committed_by_then) {
    constexpr WallTime kBegin = std::chrono::sys_days(std::chrono::March / 13 / 2026) + std::chrono::hours(10);
    for (const auto seconds : {0, 3, 5, 60}) {
        const Report report = look({.as_of = kBegin + std::chrono::seconds(seconds)});
        EXPECT_EQ(words(report), "");
        EXPECT_EQ(report.counted.back().first, cut_off().name);
    }
    alter(
        "update ledger_entries set balance_after = balance_after + 1 where operation_id = world.id(8, 6) and line = 1");
    const auto of_cut_off = [&](int seconds) {
        return std::ranges::count(look({.as_of = kBegin + std::chrono::seconds(seconds)}).findings, cut_off().name,
                                  &Finding::check);
    };
    EXPECT_EQ(of_cut_off(60), 1);
    EXPECT_EQ(of_cut_off(5), 0) << "the altered entry is of later";
    restore();
    alter("update ledger_entries set amount = amount + 1 where operation_id = world.id(1, 1) and line = 1");
    EXPECT_EQ(of_cut_off(60), 2) << "the account's balance and the sum over all accounts";
    EXPECT_EQ(of_cut_off(0), 0);
    restore();
}

TEST_F(Verify, a_check_reports_at_most_a_hundred_rows) {
    alter(
        "insert into psp_references select 'stripe', 'pi_' || n, world.id(3, 1), 9, world.id(3) "
        "from generate_series(1000, 1249) n");
    EXPECT_EQ(look().findings.size(), 100U);
    restore();
}

TEST_F(Verify, the_connection_serves_again_and_progress_names_what_begins) {
    std::set<std::string> lines;
    const auto progress = [&](const std::string& line) { lines.insert(line); };
    wait(verify(*admin_, {}, {.progress = progress}, soon()));
    for (const Check& check : checks()) {
        if (!check.sql.empty()) EXPECT_TRUE(lines.contains("checking " + std::string(check.name))) << check.name;
    }
    EXPECT_TRUE(lines.contains("checking payments: 0 %"));
    EXPECT_TRUE(query(*admin_, "select pg_current_xact_id_if_assigned() is null")[0].boolean(0));
    EXPECT_EQ(words(wait(verify(*admin_, {}, {}, soon()))), "");
}

}  // namespace
}  // namespace florin::verify
