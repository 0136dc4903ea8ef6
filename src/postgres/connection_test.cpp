#include "postgres/connection.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "postgres/postgres_fixture.hpp"

namespace florin::postgres {
namespace {

using test::soon;

class ConnectionTest : public test::OnLoop {
protected:
    void SetUp() override { connection_ = connect(); }

    SqlError error_of(std::string sql, Params params = {}) {
        try {
            query(*connection_, std::move(sql), std::move(params));
        } catch (const SqlError& error) {
            return error;
        }
        ADD_FAILURE() << "no error";
        return {"", ""};
    }
    std::string why_lost(Task<void> task) {
        try {
            wait(std::move(task));
        } catch (const ConnectionLost& lost) {
            return lost.what();
        }
        ADD_FAILURE() << "the connection was not lost";
        return {};
    }
    std::string text_of(Connection& connection, std::string sql) {
        return std::string(query(connection, std::move(sql))[0].text(0));
    }

    test::ConnectionPtr connection_;
};

TEST_F(ConnectionTest, a_prepared_statement_runs_many_times) {
    wait(connection_->prepare("double", "SELECT $1::int8 * 2", soon()));
    for (std::int64_t i = 0; i < 3; ++i) {
        Params params;
        params.add(i);
        EXPECT_EQ(wait(connection_->execute("double", std::move(params), soon()))[0].int8(0), 2 * i);
    }
}

TEST_F(ConnectionTest, affected_rows_are_counted) {
    run(*connection_, "CREATE TEMP TABLE t AS SELECT generate_series(1, 5) AS n");
    EXPECT_EQ(query(*connection_, "DELETE FROM t WHERE n > 2").affected(), 3);
}

TEST_F(ConnectionTest, a_parameter_larger_than_any_buffer_arrives) {
    Params params;
    params.add(std::string(5'000'000, 'x'));
    EXPECT_EQ(query(*connection_, "SELECT length($1)", std::move(params))[0].int4(0), 5'000'000);
}

TEST_F(ConnectionTest, the_session_pins_what_makes_commits_durable) {
    auto url = test::cluster().urls().application + "&options=-csynchronous_commit%3Doff%20-cstatement_timeout%3D5";
    auto careless = connect(url);
    EXPECT_EQ(text_of(*careless, "SHOW synchronous_commit"), "on");
    EXPECT_EQ(text_of(*careless, "SHOW statement_timeout"), "0");
    EXPECT_EQ(text_of(*careless, "SHOW application_name"), "florin");
    auto stronger = connect(test::cluster().urls().application + "&options=-csynchronous_commit%3Dremote_apply");
    EXPECT_EQ(text_of(*stronger, "SHOW synchronous_commit"), "remote_apply");
}

TEST_F(ConnectionTest, errors_are_classed_by_sqlstate) {
    run(*connection_,
        "CREATE TEMP TABLE unique_once (n int8 PRIMARY KEY CHECK (n < 10)); INSERT INTO unique_once VALUES (1)");
    struct Case {
        const char* sql;
        const char* sqlstate;
        bool is_data_error;
    };
    for (const auto& expected : std::initializer_list<Case>{
             {"INSERT INTO unique_once VALUES (1)", "23505", true},
             {"INSERT INTO unique_once VALUES (11)", "23514", true},
             {"SELECT 1 / 0", "22012", true},
             {"DO $$ BEGIN RAISE EXCEPTION 'unbalanced'; END $$", "P0001", true},
             {"SELECT * FROM nowhere", "42P01", false},
             {"SELEC", "42601", false},
         }) {
        const auto error = error_of(expected.sql);
        EXPECT_EQ(error.sqlstate(), expected.sqlstate);
        EXPECT_EQ(error.is_data_error(), expected.is_data_error) << expected.sql;
        EXPECT_FALSE(error.is_retryable());
    }
    EXPECT_TRUE(SqlError("40001", "").is_retryable());
    EXPECT_TRUE(SqlError("40P01", "").is_retryable());
    EXPECT_TRUE(connection_->is_usable());
}

TEST(SqlError, d_09_k_09_trouble_of_the_server_is_told_from_trouble_with_the_statement) {
    for (const char* state : {"08006", "25006", "53100", "53200", "53300", "57014", "57P01", "57P03", "58030"})
        EXPECT_TRUE(SqlError(state, "").is_server_trouble()) << state;
    for (const char* state : {"22001", "23505", "25001", "25P02", "40001", "40P01", "42501", "42P01", "P0001", "XX000"})
        EXPECT_FALSE(SqlError(state, "").is_server_trouble()) << state;
}

TEST_F(ConnectionTest, error_messages_hold_no_values) {
    run(*connection_, "CREATE TEMP TABLE secrets (name text PRIMARY KEY); INSERT INTO secrets VALUES ('tok_secret')");
    for (const char* sql : {"INSERT INTO secrets VALUES ($1)", "SELECT $1::uuid", "SELECT $1::timestamptz",
                            "SELECT ($1 || '9')::int4", "SELECT $1::json"}) {
        Params params;
        params.add("tok_secret");
        const std::string message = error_of(sql, std::move(params)).what();
        EXPECT_FALSE(message.empty());
        EXPECT_EQ(message.find("tok_secret"), std::string::npos) << message;
    }
}

TEST_F(ConnectionTest, a_syntax_error_names_its_line) {
    try {
        run(*connection_, "SELECT 1;\n-- é\nSELECT 2;\nSELEC 3");
        FAIL();
    } catch (const SqlError& error) {
        EXPECT_STREQ(error.what(), "syntax error at or near \"SELEC\" (line 4)");
    }
}

TEST_F(ConnectionTest, a_passed_deadline_loses_the_connection_but_cancels_nothing) {
    run(*connection_, "DROP TABLE IF EXISTS survivors; CREATE TABLE survivors (n int8)");
    auto late = connect();
    run(*late, "SET lock_timeout = '20s'");
    run(*connection_, "BEGIN; LOCK TABLE survivors");
    EXPECT_EQ(why_lost(late->run("INSERT INTO survivors VALUES (1)", Deadline::after(Milliseconds(2'000)))),
              "the database did not answer in time");
    EXPECT_FALSE(late->is_usable());
    run(*connection_, "COMMIT");
    EXPECT_TRUE(test::eventually([&] { return !query(*connection_, "SELECT * FROM survivors").empty(); }));
    EXPECT_THROW(run(*late, "SELECT 1"), ConnectionLost);
}

TEST_F(ConnectionTest, a_deadline_that_has_passed_sends_nothing) {
    run(*connection_, "DROP TABLE IF EXISTS untouched; CREATE TABLE untouched (n int8)");
    auto late = connect();
    why_lost(late->run("INSERT INTO untouched VALUES (1)", Deadline::after(Milliseconds(0))));
    EXPECT_TRUE(query(*connection_, "SELECT * FROM untouched").empty());
}

TEST_F(ConnectionTest, a_terminated_backend_is_a_lost_connection) {
    auto victim = connect();
    Params pid;
    pid.add(std::int32_t{victim->backend_pid()});
    query(*connection_, "SELECT pg_terminate_backend($1)", std::move(pid));
    EXPECT_THROW(query(*victim, "SELECT 1"), ConnectionLost);
    EXPECT_FALSE(victim->is_usable());
}

TEST_F(ConnectionTest, termination_in_the_middle_of_a_statement_is_a_lost_connection) {
    EXPECT_NE(why_lost(connection_->run("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(10)", soon())), "");
    EXPECT_FALSE(connection_->is_usable());
}

Task<void> cancel_when_it_waits_for_a_standby(Connection& connection) {
    const std::string cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    for (bool sent = false; !sent;) {
        Params none;
        sent = !(co_await connection.query(cancel, std::move(none), soon())).empty();
    }
}

// The commit is durable on this server only: whoever takes it for done loses it in a failover (correctness facts 1.3).
TEST_F(ConnectionTest, a_cancelled_wait_for_a_standby_is_not_acknowledged) {
    run(*connection_, "DROP TABLE IF EXISTS unreplicated; CREATE TABLE unreplicated (n int8)");
    run(*connection_, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    run(*connection_, "SELECT pg_reload_conf()");
    auto writer = connect();
    ASSERT_TRUE(test::eventually([&] { return text_of(*writer, "SHOW synchronous_standby_names") == "nobody"; }));
    bool ended = false;
    std::string why;
    boost::asio::co_spawn(loop_, writer->run("INSERT INTO unreplicated VALUES (1)", soon()),
                          [&](std::exception_ptr thrown) {
                              ended = true;
                              try {
                                  if (thrown) std::rethrow_exception(thrown);
                              } catch (const ConnectionLost& lost) {
                                  why = lost.what();
                              }
                          });
    wait(cancel_when_it_waits_for_a_standby(*connection_));
    run(*connection_, "ALTER SYSTEM RESET synchronous_standby_names");
    run(*connection_, "SELECT pg_reload_conf()");
    EXPECT_TRUE(ended);
    EXPECT_NE(why.find("not confirmed"), std::string::npos) << why;
    EXPECT_FALSE(writer->is_usable());
    EXPECT_EQ(query(*connection_, "SELECT * FROM unreplicated").size(), 1);
}

TEST_F(ConnectionTest, connecting_tells_the_servers_reason_and_never_the_password) {
    auto why = [&](std::string url) {
        try {
            connect(url);
        } catch (const ConnectionLost& lost) {
            return std::string(lost.what());
        }
        return std::string();
    };
    auto url = test::cluster().urls().application;
    EXPECT_NE(why("postgresql://florin_app:wrong-secret" + url.substr(url.find('@'))).find("authentication failed"),
              std::string::npos);
    EXPECT_NE(why("host=/nowhere user=x password=wrong-secret").find("No such file"), std::string::npos);
    for (const char* broken : {"postgresql://u:wrong-secret@[::1", "host=x wrong-secret"}) {
        EXPECT_NE(why(broken).find("not valid"), std::string::npos);
        EXPECT_EQ(why(broken).find("wrong-secret"), std::string::npos);
    }
}

TEST_F(ConnectionTest, copy_is_refused_and_closes_the_connection) {
    EXPECT_EQ(why_lost(connection_->run("COPY (SELECT 1) TO STDOUT", soon())), "COPY is not supported here");
}

TEST_F(ConnectionTest, a_statement_whose_coroutine_is_destroyed_closes_the_connection) {
    boost::asio::cancellation_signal stop;
    bool ended = false;
    boost::asio::co_spawn(loop_, connection_->run("SELECT pg_sleep(10)", soon()),
                          boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    loop_.restart();
    while (loop_.poll_one() > 0) continue;
    stop.emit(boost::asio::cancellation_type::terminal);
    loop_.run();
    EXPECT_TRUE(ended);
    EXPECT_FALSE(connection_->is_usable());
}

}  // namespace
}  // namespace florin::postgres
