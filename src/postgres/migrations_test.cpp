#include "postgres/migrations.hpp"

#include <vector>

#include "postgres/postgres_fixture.hpp"

namespace florin::postgres {
namespace {

using test::soon;

constexpr Migration kFirst{1, "0001_first", "CREATE TABLE first_table (n int8)"};
constexpr Migration kSecond{2, "0002_second",
                            "CREATE TABLE second_table (n int8);\nINSERT INTO second_table VALUES (1)"};

// Each test has a database of its own.
class Migrations : public test::OnLoop {
protected:
    void SetUp() override {
        static int number = 0;
        const auto name = "migrations_" + std::to_string(++number);
        run(*connect(), "CREATE DATABASE " + name + " OWNER florin_owner");
        owner_ = connect(in(name, test::cluster().urls().owner));
        reader_ = connect(in(name, test::cluster().urls().application));
    }
    static std::string in(const std::string& database, std::string url) {
        return url.replace(url.find("@/florin?"), 9, "@/" + database + "?");
    }
    std::vector<std::string> migrate_to(std::vector<Migration> known) { return wait(migrate(*owner_, known, soon())); }
    std::string failure_of(std::vector<Migration> known) {
        try {
            migrate_to(std::move(known));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "no failure";
    }
    std::string mismatch_with(std::vector<Migration> known) { return wait(schema_mismatch(*reader_, known, soon())); }
    bool has_table(const std::string& name) {
        return query(*owner_, "SELECT to_regclass('" + name + "') IS NOT NULL")[0].boolean(0);
    }

    test::ConnectionPtr owner_, reader_;
};

TEST_F(Migrations, what_is_missing_is_applied_in_order_and_once) {
    EXPECT_EQ(migrate_to({kFirst}), std::vector<std::string>{"0001_first"});
    EXPECT_EQ(migrate_to({kFirst, kSecond}), std::vector<std::string>{"0002_second"});
    EXPECT_TRUE(migrate_to({kFirst, kSecond}).empty());
    EXPECT_EQ(query(*owner_, "SELECT * FROM second_table").size(), 1);
}

TEST_F(Migrations, the_application_role_can_ask_whether_the_schema_fits) {
    EXPECT_EQ(mismatch_with({kFirst}), "The database has no schema of Florin yet: run `florin migrate`.");
    migrate_to({kFirst});
    EXPECT_EQ(mismatch_with({kFirst}), "");
    EXPECT_EQ(mismatch_with({kFirst, kSecond}), "The database lacks migration 0002_second: run `florin migrate`.");
    EXPECT_EQ(mismatch_with({}),
              "The database has migration 0001_first, which this program does not know: run the newer florin that made "
              "it.");
}

TEST_F(Migrations, an_edited_migration_is_refused_by_name) {
    migrate_to({kFirst});
    const Migration edited{1, "0001_first", "CREATE TABLE first_table (n int4)"};
    EXPECT_TRUE(failure_of({edited, kSecond}).starts_with("Migration 0001_first was changed"));
    EXPECT_FALSE(has_table("second_table"));
    const Migration renamed{1, "0001_other", kFirst.sql};
    EXPECT_TRUE(failure_of({renamed}).starts_with("Migration 0001_first was changed"));
}

TEST_F(Migrations, a_failing_migration_leaves_nothing_behind) {
    const Migration broken{2, "0002_broken", "CREATE TABLE half (n int8);\nCREATE TABLE other (n nonsense)"};
    EXPECT_EQ(failure_of({kFirst, broken}),
              "Migration 0002_broken failed and was rolled back: type \"nonsense\" does not exist (line 2) [42704]");
    EXPECT_TRUE(has_table("first_table"));
    EXPECT_FALSE(has_table("half"));
    EXPECT_EQ(migrate_to({kFirst, kSecond}), std::vector<std::string>{"0002_second"});
}

TEST_F(Migrations, a_migration_that_commits_by_itself_is_refused) {
    const Migration impatient{1, "0001_impatient", "CREATE TABLE early (n int8); COMMIT"};
    EXPECT_TRUE(failure_of({impatient}).starts_with("Migration 0001_impatient ended its transaction"));
}

TEST_F(Migrations, two_migrators_at_once_apply_each_migration_once) {
    auto second = connect(
        in(std::string(query(*owner_, "SELECT current_database()::text")[0].text(0)), test::cluster().urls().owner));
    const std::vector<Migration> known{kFirst, kSecond};
    std::size_t applied = 0;
    for (auto* connection : {owner_.get(), second.get()}) {
        boost::asio::co_spawn(loop_, migrate(*connection, known, soon()),
                              [&](std::exception_ptr thrown, const std::vector<std::string>& names) {
                                  EXPECT_FALSE(thrown);
                                  applied += names.size();
                              });
    }
    loop_.restart();
    loop_.run();
    EXPECT_EQ(applied, 2u);
}

TEST(EmbeddedMigrations, are_numbered_from_one_without_a_gap) {
    int expected = 1;
    for (const auto& migration : migrations()) {
        EXPECT_EQ(migration.number, expected++);
        EXPECT_FALSE(migration.sql.empty());
    }
    EXPECT_GT(expected, 1);
}

}  // namespace
}  // namespace florin::postgres
