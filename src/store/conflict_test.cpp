// What meets another transaction at the database: the whole batch is repeated, and each item is written once.
#include <algorithm>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

class ConflictTest : public StoreTest {
protected:
    std::int64_t links_of(const Operation& sale) {
        return count("select count(*) from chain_links where '" + to_string(sale.attempt.operation.uuid()) +
                     "' = any (operation_ids)");
    }
    static std::string lock(const Operation& sale) {
        return "select from payments where id = '" + to_string(sale.payment.id.uuid()) + "' for update";
    }

    // Until that many statements of the application wait for a lock.
    static Task<void> waiting(postgres::Connection& admin, std::int64_t wanted) {
        const Deadline limit = soon();
        for (std::int64_t seen = 0; seen < wanted && !limit.passed();) {
            const auto rows = co_await admin.query(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and usename = 'florin_app'", {},
                soon());
            seen = rows[0].int8(0);
        }
    }

    // Holds the second payment while the batch has the first and waits, then wants the first too: a deadlock, of which
    // the batch is the victim.
    static Task<SettlementResult> deadlock(postgres::Connection& rival, postgres::Connection& admin, Operation first) {
        co_await waiting(admin, 1);
        co_await rival.run(lock(first), soon());
        co_await rival.run("commit", soon());
        co_return SettlementResult::lost;
    }
};

TEST_F(ConflictTest, d_14_a_batch_that_loses_a_deadlock_is_repeated_whole_and_written_once) {
    std::vector<Operation> sales{open_sale(), open_sale()};
    std::ranges::sort(sales, {}, [](const Operation& sale) { return sale.payment.id.uuid(); });
    auto rival = connect();
    auto admin = connect();
    // Whoever has waited for that long looks for a deadlock once, and gives way.
    wait(admin->run("alter role florin_app set deadlock_timeout = '4s'", soon()));
    auto patient = another_store();
    wait(admin->run("alter role florin_app reset deadlock_timeout", soon()));
    wait(rival->run("set deadlock_timeout = '1h'; begin; " + lock(sales[1]), soon()));
    std::vector<Task<SettlementResult>> tasks;
    for (const Operation& sale : sales) tasks.push_back(patient->commit(approved(sale), soon()));
    tasks.push_back(deadlock(*rival, *admin, sales[0]));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(results[0], SettlementResult::won);
    EXPECT_EQ(results[1], SettlementResult::won);
    for (const Operation& sale : sales) {
        EXPECT_EQ(wait(store().ledger_of(sale.payment.id, soon())).size(), 4U);
        EXPECT_EQ(links_of(sale), 1);
    }
    EXPECT_NE(server_log().find("deadlock detected"), std::string::npos) << "they have met";
    expect_exact_books();
}

}  // namespace
}  // namespace florin::store::test
