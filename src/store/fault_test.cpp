// Connections that break at the worst moments: every item is written once, and its waiter is told the truth.
#include <gmock/gmock.h>

#include <boost/asio/this_coro.hpp>

#include "store/proxy.hpp"
#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::SizeIs;

constexpr const char* kWriters =
    "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' "
    "and classid = 1718382190 and granted";

class FaultTest : public StoreTest {
protected:
    FaultTest() {
        std::string name = "/tmp/fp-XXXXXX";
        EXPECT_TRUE(::mkdtemp(name.data()));
        folder_ = name;
        const std::string& url = urls().application;
        const auto host = url.find("host=") + 5;
        const auto socket = std::string(query("select current_setting('unix_socket_directories')")[0].text(0));
        proxy_ = std::make_unique<Proxy>(loop_.get_executor(), folder_, socket);
        through_proxy_ = url.substr(0, host) + folder_ + url.substr(url.find('&', host));
    }
    ~FaultTest() override { std::filesystem::remove_all(folder_); }

    // One writer behind the proxy; what it opened before the fault is open.
    std::unique_ptr<Store> fragile_store() {
        StoreOptions options;
        options.conninfo = through_proxy_;
        options.writers = 1;
        return another_store(std::move(options));
    }
    std::int64_t links_of(const Operation& sale) {
        return count("select count(*) from chain_links where '" + to_string(sale.attempt.operation.uuid()) +
                     "' = any (operation_ids)");
    }

    std::string folder_, through_proxy_;
    std::unique_ptr<Proxy> proxy_;
};

TEST_F(FaultTest, an_intent_whose_commit_was_answered_to_nobody_has_won) {
    auto fragile = fragile_store();
    wait(fragile->commit(intent_of(new_sale()), soon()));
    proxy_->lose_answers = 1;
    std::vector<Operation> sales;
    std::vector<Task<IntentResult>> tasks;
    for (int i = 0; i < 20; ++i) {
        sales.push_back(new_sale());
        tasks.push_back(fragile->commit(intent_of(sales.back()), soon()));
    }
    Operation late = new_sale();
    late.key = sales.front().key;
    tasks.push_back(fragile->commit(intent_of(late), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(proxy_->lost, 1);
    for (std::size_t i = 0; i < 20; ++i) EXPECT_TRUE(won(results[i])) << i;
    EXPECT_FALSE(won(results[20]));
    for (const Operation& sale : sales) {
        const auto rows = wait(store().operations_of(sale.payment.id, soon()));
        ASSERT_THAT(rows, SizeIs(1));
    }
    EXPECT_EQ(std::get<IntentWon>(results[0]).recorded_at,
              wait(store().operations_of(sales[0].payment.id, soon()))[0].created_at);
}

TEST_F(FaultTest, an_event_whose_commit_was_answered_to_nobody_is_kept_once) {
    auto fragile = fragile_store();
    const auto event = [](const std::string& name) {
        const auto now = SystemClock().now();
        return ReceivedEvent{.id = PspEventId::make(now, Bucket{}, false),
                             .account = {.psp = "stripe", .name = "fragile", .live = false},
                             .event = name,
                             .type = "charge.captured",
                             .created = now,
                             .body = "{}",
                             .received = now};
    };
    EXPECT_EQ(wait(fragile->psp_events().keep(event("evt_0"), soon())), Kept::fresh);
    proxy_->lose_answers = 1;
    std::vector<Task<Kept>> tasks;
    for (const char* name : {"evt_1", "evt_2", "evt_0", "evt_3"})
        tasks.push_back(fragile->psp_events().keep(event(name), soon()));
    EXPECT_THAT(wait_all(std::move(tasks)),
                ::testing::ElementsAre(Kept::fresh, Kept::fresh, Kept::waiting, Kept::fresh));
    EXPECT_EQ(proxy_->lost, 1);
    EXPECT_EQ(count("select count(*) from psp_events where psp_account = 'fragile'"), 4);
    EXPECT_EQ(count("select count(*) from open_psp_events where psp_account = 'fragile'"), 4);
}

TEST_F(FaultTest, a_settlement_whose_commit_was_answered_to_nobody_has_won_and_posted_once) {
    auto fragile = fragile_store();
    const Operation sale = open_sale();
    const Operation beaten = open_sale();
    wait(fragile->commit(approved(open_sale()), soon()));
    EXPECT_EQ(wait(store().commit(declined(beaten), soon())), SettlementResult::won);
    proxy_->lose_answers = 1;
    std::vector<Task<SettlementResult>> tasks;
    tasks.push_back(fragile->commit(approved(sale), soon()));
    tasks.push_back(fragile->commit(approved(beaten), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(proxy_->lost, 1);
    EXPECT_EQ(results[0], SettlementResult::won);
    EXPECT_EQ(results[1], SettlementResult::lost);
    EXPECT_THAT(wait(store().ledger_of(sale.payment.id, soon())), SizeIs(4));
    EXPECT_EQ(links_of(sale), 1);
}

TEST_F(FaultTest, a_change_and_a_next_attempt_whose_answers_were_lost_have_won) {
    auto fragile = fragile_store();
    const Operation sale = open_sale();
    const auto step = judged(sale, {payments::Outcome::action_required,
                                    "pi_lost_" + to_string(sale.payment.id),
                                    {},
                                    payments::NextAction{"https://bank.example"}});
    const auto failing = not_executed(sale);
    wait(fragile->commit(declined(open_sale()), soon()));
    proxy_->lose_answers = 1;
    EXPECT_EQ(wait(fragile->commit(step, soon())), SettlementResult::won);
    EXPECT_EQ(links_of(sale), 1);

    const Operation other = open_sale();
    const Settlement failed = not_executed(other);
    EXPECT_EQ(wait(store().commit(failed, soon())), SettlementResult::won);
    proxy_->lose_answers = 1;
    EXPECT_TRUE(won(wait(fragile->commit(next_attempt(after(other, failed)), soon()))));
    EXPECT_EQ(proxy_->lost, 2);
    EXPECT_THAT(wait(store().operations_of(other.payment.id, soon())), SizeIs(2));
}

TEST_F(FaultTest, reservations_whose_commit_was_answered_to_nobody_have_won) {
    using payments::OperationKind;
    auto fragile = fragile_store();
    ASSERT_TRUE(won(wait(fragile->commit(*reservation(captured_payment(), OperationKind::refund), soon()))));
    std::vector<Reservation> wanted;
    for (int i = 0; i < 20; ++i) wanted.push_back(*reservation(captured_payment(), OperationKind::refund));
    const payments::Payment beaten = captured_payment();
    open_modification(beaten, OperationKind::refund, 1);
    proxy_->lose_answers = 1;
    std::vector<Task<ReservationResult>> tasks;
    for (const Reservation& one : wanted) tasks.push_back(fragile->commit(one, soon()));
    tasks.push_back(fragile->commit(*reservation(beaten, OperationKind::refund, 1), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(proxy_->lost, 1);
    for (std::size_t i = 0; i < 20; ++i) {
        ASSERT_TRUE(won(results[i])) << i;
        const auto rows = wait(store().operations_of(wanted[i].payment.id, soon()));
        ASSERT_THAT(rows, SizeIs(2));
        EXPECT_EQ(std::get<IntentWon>(results[i]).recorded_at, rows[1].created_at);
        EXPECT_EQ(stored(wanted[i].payment.id).amounts, wanted[i].payment.amounts);
    }
    EXPECT_TRUE(std::holds_alternative<VersionMoved>(results[20]));
}

TEST_F(FaultTest, records_whose_commit_was_answered_to_nobody_have_won_once) {
    using payments::OperationKind;
    auto fragile = fragile_store();
    const auto refunded = [&] {
        const Operation refund = open_modification(captured_payment(), OperationKind::refund);
        const Settlement settlement = approved(refund);
        EXPECT_EQ(settle(settlement), SettlementResult::won);
        return after(refund, settlement);
    };
    const payments::Payment payment = captured_payment();
    const auto key = [&](const char* name) { return name + to_string(payment.id); };
    ASSERT_EQ(wait(fragile->commit(refusal(captured_payment(), key("first")), soon())), RecordResult::won);
    // Makes the accounts: the answer that is lost must be that of the records themselves.
    const Operation before = refunded();
    ASSERT_EQ(wait(fragile->commit(reversal(before.payment, before.attempt), soon())), RecordResult::won);
    const Operation refund = refunded();
    const payments::Payment other = captured_payment();
    proxy_->lose_answers = 1;
    std::vector<Task<RecordResult>> tasks;
    tasks.push_back(fragile->commit(refusal(payment, key("second")), soon()));
    tasks.push_back(fragile->commit(reversal(refund.payment, refund.attempt), soon()));
    tasks.push_back(fragile->commit(refusal(other, key("first")), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(proxy_->lost, 1);
    EXPECT_EQ(results, (std::vector{RecordResult::won, RecordResult::won, RecordResult::key_taken}));
    EXPECT_THAT(wait(store().operations_of(payment.id, soon())), SizeIs(2));
    EXPECT_EQ(stored(refund.payment.id).amounts.refunded, 0);
    expect_exact_books();
}

TEST_F(FaultTest, a_backend_killed_in_the_middle_of_a_batch_loses_nothing) {
    const Operation sale = open_sale();
    auto blocker = connect();
    wait(blocker->run("begin; select from payments where id = '" + to_string(sale.payment.id.uuid()) + "' for update",
                      soon()));
    std::vector<Task<SettlementResult>> tasks;
    tasks.push_back(store().commit(approved(sale), soon()));
    auto kill = [](postgres::Connection& blocker) -> Task<SettlementResult> {
        auto executor = co_await boost::asio::this_coro::executor;
        auto admin = co_await postgres::Connection::open(executor, urls().admin, soon());
        const Deadline limit = soon();
        for (std::int64_t waiting = 0; waiting == 0 && !limit.passed();) {
            const auto rows = co_await admin->query("select count(*) from pg_locks where not granted", {}, soon());
            waiting = rows[0].int8(0);
        }
        const auto rows = co_await admin->query(kWriters, {}, soon());
        EXPECT_GE(rows[0].int8(0), 1);
        co_await blocker.run("rollback", soon());
        co_return SettlementResult::lost;
    };
    tasks.push_back(kill(*blocker));
    EXPECT_EQ(wait_all(std::move(tasks))[0], SettlementResult::won);
    EXPECT_THAT(wait(store().ledger_of(sale.payment.id, soon())), SizeIs(4));
    EXPECT_EQ(links_of(sale), 1);
}

TEST_F(FaultTest, what_was_sent_and_never_answered_is_unknown_at_its_deadline) {
    const Operation sale = open_sale();
    auto blocker = connect();
    wait(blocker->run("begin; select from payments where id = '" + to_string(sale.payment.id.uuid()) + "' for update",
                      soon()));
    EXPECT_THROW(wait(store().commit(approved(sale), Deadline::after(Milliseconds(2'000)))), CommitUnknown);
    wait(blocker->run("rollback", soon()));
    EXPECT_TRUE(won(wait(store().commit(intent_of(new_sale()), soon()))));
}

TEST_F(FaultTest, what_was_never_sent_claims_nothing_at_its_deadline) {
    StoreOptions options;
    options.writers = 1;
    auto single = another_store(options);
    const Operation sale = open_sale();
    auto blocker = connect();
    wait(blocker->run("begin; select from payments where id = '" + to_string(sale.payment.id.uuid()) + "' for update",
                      soon()));
    std::vector<Task<SettlementResult>> tasks;
    tasks.push_back(single->commit(approved(sale), soon()));
    const Operation second = new_sale();
    auto queued = [](Store& store, Intent intent, postgres::Connection& blocker) -> Task<SettlementResult> {
        bool full = false;
        try {
            co_await store.commit(std::move(intent), Deadline::after(Milliseconds(200)));
        } catch (const QueueFull&) {
            full = true;
        }
        EXPECT_TRUE(full);
        co_await blocker.run("rollback", soon());
        co_return SettlementResult::lost;
    };
    tasks.push_back(queued(*single, intent_of(second), *blocker));
    EXPECT_EQ(wait_all(std::move(tasks))[0], SettlementResult::won);
    EXPECT_FALSE(wait(store().find_by_key(merchant_, false, second.key, soon())));
}

TEST_F(FaultTest, a_serialization_failure_repeats_the_whole_batch) {
    auto admin = connect();
    // A sequence does not roll back: the first two statements fail, the third passes.
    wait(admin->run(
        "create sequence fault_hits; create function fail_twice() returns trigger language plpgsql security definer "
        "as $$ begin if nextval('public.fault_hits') <= 2 then raise exception 'again' using errcode = '40001'; "
        "end if; return null; end $$; "
        "create trigger fail_twice after insert on payments for each statement execute function fail_twice()",
        soon()));
    std::vector<Task<IntentResult>> tasks;
    for (int i = 0; i < 10; ++i) tasks.push_back(store().commit(intent_of(new_sale()), soon()));
    for (const auto& result : wait_all(std::move(tasks))) EXPECT_TRUE(won(result));
    EXPECT_GE(count("select last_value from fault_hits"), 3);
    wait(admin->run("drop trigger fail_twice on payments; drop function fail_twice; drop sequence fault_hits", soon()));
}

}  // namespace
}  // namespace florin::store::test
