#include "postgres/pool.hpp"

#include <algorithm>
#include <vector>

#include "postgres/postgres_fixture.hpp"

namespace florin::postgres {
namespace {

using test::soon;

Task<void> prepare_statements(Connection& connection) {
    co_await connection.prepare("nap", "SELECT pg_backend_pid() FROM pg_sleep($1::int4 / 1000.0)", soon());
}

class PoolTest : public test::OnLoop {
protected:
    std::unique_ptr<Pool> pool_of(std::size_t connections) {
        return std::make_unique<Pool>(loop_.get_executor(), test::cluster().urls().application, connections,
                                      prepare_statements);
    }
    static Task<int> nap(Pool& pool, std::int32_t milliseconds, Deadline deadline) {
        Params params;
        params.add(milliseconds);
        const auto rows = co_await pool.execute("nap", std::move(params), deadline);
        co_return rows[0].int4(0);
    }
    void start(Pool& pool, std::int32_t milliseconds, Deadline deadline) {
        boost::asio::co_spawn(loop_, nap(pool, milliseconds, deadline), [this](std::exception_ptr thrown, int pid) {
            thrown ? void(++lost_) : backends_.push_back(pid);
        });
    }
    void run_all() {
        loop_.restart();
        loop_.run();
    }
    std::size_t distinct_backends() {
        std::ranges::sort(backends_);
        const auto again = std::ranges::unique(backends_);
        return static_cast<std::size_t>(again.begin() - backends_.begin());
    }

    std::vector<int> backends_;
    int lost_ = 0;
};

TEST_F(PoolTest, many_callers_share_few_connections) {
    auto pool = pool_of(3);
    for (int i = 0; i < 30; ++i) start(*pool, 2, soon());
    run_all();
    EXPECT_EQ(backends_.size(), 30u);
    EXPECT_EQ(distinct_backends(), 3u);
}

TEST_F(PoolTest, a_connection_is_reused_rather_than_opened) {
    auto pool = pool_of(3);
    for (int i = 0; i < 5; ++i) {
        start(*pool, 0, soon());
        run_all();
    }
    EXPECT_EQ(distinct_backends(), 1u);
}

TEST_F(PoolTest, a_caller_that_finds_none_free_in_time_is_told_so) {
    auto pool = pool_of(1);
    start(*pool, 300, soon());
    start(*pool, 0, Deadline::after(Milliseconds(50)));
    start(*pool, 0, soon());
    run_all();
    EXPECT_EQ(lost_, 1);
    EXPECT_EQ(backends_.size(), 2u);
}

TEST_F(PoolTest, a_read_is_tried_again_when_its_pooled_connection_was_ended) {
    auto pool = pool_of(1);
    start(*pool, 0, soon());
    run_all();
    Params pid;
    pid.add(std::int32_t{backends_.front()});
    auto admin = connect();
    query(*admin, "SELECT pg_terminate_backend($1, 5000)", std::move(pid));
    start(*pool, 0, soon());
    run_all();
    EXPECT_EQ(lost_, 0);
    EXPECT_EQ(distinct_backends(), 2u);
}

TEST_F(PoolTest, a_lost_connection_gives_its_place_to_the_next) {
    auto pool = pool_of(1);
    start(*pool, 1000, Deadline::after(Milliseconds(50)));
    start(*pool, 0, soon());
    run_all();
    EXPECT_EQ(lost_, 1);
    EXPECT_EQ(backends_.size(), 1u);
}

Task<void> prepare_writing(Connection& connection) {
    co_await connection.prepare("write", "INSERT INTO written VALUES (1) RETURNING pg_backend_pid()", soon());
    co_await connection.prepare("demote", "SELECT set_config($1, $2, false)", soon());
}

TEST_F(PoolTest, d_09_of_a_server_that_became_read_only_no_connection_is_kept) {
    auto admin = connect();
    run(*admin, "CREATE TABLE written (n int4); GRANT INSERT, SELECT ON written TO PUBLIC");
    Pool pool(loop_.get_executor(), test::cluster().urls().application, 1, prepare_writing);
    const auto before = wait(pool.execute("write", Params(), soon()))[0].int4(0);
    Params read_only;
    read_only.add("default_transaction_read_only").add("on");
    wait(pool.execute("demote", std::move(read_only), soon()));
    EXPECT_NE(wait(pool.execute("write", Params(), soon()))[0].int4(0), before);
}

TEST_F(PoolTest, an_sql_error_reaches_the_caller_and_keeps_the_connection) {
    auto pool = pool_of(1);
    start(*pool, 0, soon());
    run_all();
    EXPECT_THROW(wait(pool->execute("unknown", Params(), soon())), SqlError);
    start(*pool, 0, soon());
    run_all();
    EXPECT_EQ(distinct_backends(), 1u);
}

}  // namespace
}  // namespace florin::postgres
