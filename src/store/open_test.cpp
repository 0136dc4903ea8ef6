// What stays open: evidence, leases, taking, fences.
#include <gmock/gmock.h>

#include "store/open_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::Outcome;
using payments::Status;
using ::testing::SizeIs;

TEST_F(OpenTest, a_lease_protects_its_holder_until_it_ends) {
    const Operation sale = open_sale();
    EXPECT_FALSE(take(sale));
    age(sale, "lease_until = now()");
    const auto taken = take(sale);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->generation, 2);
    EXPECT_EQ(taken->attempt.request, sale.attempt.request);
    EXPECT_EQ(payments::document(taken->payment), payments::document(sale.payment));
    EXPECT_FALSE(take(sale));
    EXPECT_EQ(wait(store().commit(not_executed(sale, 1), soon())), SettlementResult::lost);
    EXPECT_EQ(wait(store().commit(not_executed(sale, 2), soon())), SettlementResult::won);
    EXPECT_FALSE(take(sale));
}

// Rule 10: the settlement was sent under generation 1 while a taking that was not yet committed made it 2.
TEST_F(OpenTest, a_taking_that_commits_while_not_executed_is_on_its_way_wins) {
    const Operation sale = open_sale();
    auto taker = connect();
    wait(taker->run("begin; update open_operations set generation = 2 where operation_id = '" +
                        to_string(sale.attempt.operation.uuid()) + "'",
                    soon()));
    auto finish = [](postgres::Connection& taker) -> Task<SettlementResult> {
        const Deadline limit = soon();
        for (std::int64_t waiting = 0; waiting == 0 && !limit.passed();) {
            const auto rows = co_await taker.query("select count(*) from pg_locks where not granted", {}, soon());
            waiting = rows[0].int8(0);
        }
        co_await taker.run("commit", soon());
        co_return SettlementResult::lost;
    };
    std::vector<Task<SettlementResult>> tasks;
    tasks.push_back(store().commit(not_executed(sale, 1), soon()));
    tasks.push_back(finish(*taker));
    ASSERT_EQ(wait_all(std::move(tasks))[0], SettlementResult::lost);
    EXPECT_EQ(wait(store().find_payment(merchant_, false, sale.payment.id, soon()))->status, Status::pending);
    EXPECT_EQ(row(sale, "generation"), 2);
}

TEST_F(OpenTest, many_takers_never_share_an_operation) {
    query("delete from open_operations");  // what other tests left may be due by now
    std::set<OperationId> mine;
    for (int i = 0; i < 30; ++i) mine.insert(abandoned_sale().attempt.operation);
    auto other = another_store();
    std::vector<Task<std::vector<Taken>>> tasks;
    for (int i = 0; i < 10; ++i) {
        tasks.push_back(take_due(i % 2 ? store() : *other, kAccount, 10));
    }
    std::multiset<OperationId> taken;
    for (const auto& batch : wait_all(std::move(tasks))) {
        EXPECT_LE(batch.size(), 10U);
        for (const Taken& one : batch) taken.insert(one.attempt.operation);
    }
    for (const OperationId& id : mine) EXPECT_EQ(taken.count(id), 1U);
    EXPECT_TRUE(wait(take_due(store(), {"stripe", "another account", false})).empty());
}

TEST_F(OpenTest, what_is_due_is_found_oldest_first_and_a_first_look_does_not_wait_for_a_backlog) {
    query("delete from open_operations");
    std::vector<OperationId> old;
    for (int i = 0; i < 8; ++i) {
        const Operation sale = abandoned_sale();
        age(sale, "next_try = now() - interval '2 h' + " + std::to_string(i) + " * interval '1 s', tries = 7");
        old.push_back(sale.attempt.operation);
    }
    const auto first_look = abandoned_sale().attempt.operation;
    const Operation again = abandoned_sale();
    age(again, "tries = 2");
    const Operation leased = abandoned_sale();
    age(leased, "lease_until = now() + interval '1 h'");
    const auto find = [&](int limit) { return wait(store().find_due(kAccount, limit, soon())); };
    auto all = find(100);
    ASSERT_THAT(all, SizeIs(10));
    EXPECT_THAT(std::vector(all.begin() + 3, all.begin() + 5), ::testing::Contains(first_look));
    EXPECT_EQ(all.back(), again.attempt.operation) << "looked at before: behind what is older";
    std::erase(all, first_look);
    all.pop_back();
    EXPECT_EQ(all, old);
    EXPECT_THAT(find(4), SizeIs(4));
}

TEST_F(OpenTest, what_was_found_is_taken_in_its_order_where_it_is_still_due) {
    std::vector<OperationId> found;
    for (int i = 0; i < 6; ++i) found.push_back(abandoned_sale().attempt.operation);
    const auto now_is = [&](std::size_t index, const std::string& set) {
        query("update open_operations set " + set + " where operation_id = '" + to_string(found[index].uuid()) + "'");
    };
    now_is(0, "lease_until = now() + interval '1 h'");
    now_is(1, "next_try = now() + interval '1 h'");
    now_is(2, "psp_account = 'another'");
    now_is(3, "kind = 'dunning'");
    const auto take = [&](int limit) {
        Store::Due due{.account = kAccount, .operations = found, .limit = limit};
        return wait(store().take_due(std::move(due), kAges, kDurations, soon()));
    };
    const auto first = take(1);
    ASSERT_THAT(first, SizeIs(1));
    EXPECT_EQ(first.front().attempt.operation, found[4]);
    const auto second = take(10);
    ASSERT_THAT(second, SizeIs(1));
    EXPECT_EQ(second.front().attempt.operation, found[5]);
    now_is(2, "psp_account = 'main'");
    now_is(3, "kind = 'sale'");
}

TEST_F(OpenTest, only_a_taking_that_may_send_raises_send_until) {
    const Operation sale = abandoned_sale();
    age(sale, "send_until = now() - interval '10 s'");
    EXPECT_TRUE(take(sale)->may_send);
    EXPECT_EQ(row(sale, "(send_until > now())::int"), 1);

    struct Case {
        const char* set;
        Store::Ages ages;
    };
    Store::Ages unsafe = kAges;
    unsafe.repeats_are_safe = false;
    Store::Ages old = kAges;
    old.safe_age = Milliseconds(0);
    for (const auto& [set, ages] :
         {Case{"execute_until = now()", kAges}, Case{"tries = 0", unsafe}, Case{"tries = 0", old}}) {
        const Operation late = abandoned_sale();
        age(late, set);
        age(late, "send_until = now() - interval '10 s'");
        const auto taken = take(late, ages);
        ASSERT_TRUE(taken) << set;
        EXPECT_FALSE(taken->may_send) << set;
        EXPECT_FALSE(taken->absence_proves) << set;
        EXPECT_EQ(row(late, "(send_until < now())::int"), 1) << set;
    }
}

TEST_F(OpenTest, absence_proves_only_when_the_time_fence_has_passed_and_nothing_may_be_sent) {
    const Operation sale = abandoned_sale();
    age(sale, "execute_until = now() - interval '1 s', send_until = now() - interval '3665 s'");
    EXPECT_FALSE(take(sale)->absence_proves);
    age(sale, "lease_until = now(), send_until = now() - interval '3671 s'");
    EXPECT_TRUE(take(sale)->absence_proves);
    age(sale, "lease_until = now(), execute_until = now() + interval '1 h'");
    EXPECT_FALSE(take(sale)->absence_proves);
}

TEST_F(OpenTest, a_fence_counts_after_the_read_lag) {
    const Operation sale = open_sale();
    Settlement settlement = unknown(sale);
    settlement.fences = true;
    EXPECT_EQ(wait(store().commit(settlement, soon())), SettlementResult::won);
    age(sale, "lease_until = now()");
    EXPECT_FALSE(take(sale)->fenced_at);
    age(sale, "lease_until = now(), fenced_at = fenced_at - interval '11 s'");
    EXPECT_TRUE(take(sale)->fenced_at);
    settlement.generation = 3;
    EXPECT_EQ(wait(store().commit(settlement, soon())), SettlementResult::won);
    EXPECT_EQ(row(sale, "(fenced_at < now() - interval '10 s')::int"), 1) << "the first fence stands";
    // The PSP may have forgotten the key.
    Store::Ages old = kAges;
    old.safe_age = Milliseconds(0);
    age(sale, "lease_until = now()");
    EXPECT_FALSE(take(sale, old)->fenced_at);
}

// Rule 13
TEST_F(OpenTest, the_age_is_that_of_the_databases_clock_whatever_a_process_takes_for_the_time) {
    for (const auto error : {std::chrono::hours(-30), std::chrono::hours(30)}) {
        Operation sale = new_sale();
        sale.payment.created_at += error;
        sale.payment.updated_at += error;
        EXPECT_TRUE(won(wait(store().commit(intent_of(sale), soon()))));
        age(sale, "lease_until = now()");
        const auto taken = take(sale);
        ASSERT_TRUE(taken);
        EXPECT_TRUE(taken->may_send);
        EXPECT_LT(taken->age, Milliseconds(3'600'000));
        EXPECT_GE(taken->age, Milliseconds(0));
    }
}

TEST_F(OpenTest, evidence_alone_leaves_the_payment_and_releases_the_lease) {
    const Operation sale = open_sale();
    Settlement settlement = unknown(sale);
    settlement.next_try = Milliseconds(0);
    EXPECT_EQ(settlement.step.payment.version, 1);
    EXPECT_EQ(wait(store().commit(settlement, soon())), SettlementResult::won);
    EXPECT_EQ(row(sale, "tries"), 1);
    const auto rows = wait(store().operations_of(sale.payment.id, soon()));
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].open_evidence, "the PSP said so");
    EXPECT_TRUE(take(sale));
    EXPECT_EQ(wait(store().find_payment(merchant_, false, sale.payment.id, soon()))->version, 1);
}

TEST_F(OpenTest, a_released_operation_is_due_only_when_its_next_try_has_come) {
    const Operation sale = open_sale();
    const auto stored = [&] { return *wait(store().find_by_key(merchant_, false, sale.key, soon())); };
    EXPECT_FALSE(stored().lease_expired || stored().is_due);
    Settlement settlement = unknown(sale);
    settlement.next_try = Milliseconds(60'000);
    EXPECT_EQ(wait(store().commit(settlement, soon())), SettlementResult::won);
    EXPECT_TRUE(stored().lease_expired);
    EXPECT_FALSE(stored().is_due);
    age(sale, "next_try = now()");
    EXPECT_TRUE(stored().is_due);
}

TEST_F(OpenTest, a_waiting_payer_changes_the_payment_with_an_audit_row_and_a_link) {
    const Operation sale = open_sale();
    const auto step = judged(sale, {Outcome::action_required,
                                    "pi_3ds_" + to_string(sale.payment.id),
                                    {},
                                    payments::NextAction{"https://bank.example/3ds"}});
    EXPECT_EQ(wait(store().commit(step, soon())), SettlementResult::won);
    const auto stored = wait(store().find_by_key(merchant_, false, sale.key, soon()));
    EXPECT_EQ(stored->payment.status, Status::requires_action);
    EXPECT_EQ(stored->payment.next_action->url, "https://bank.example/3ds");
    EXPECT_FALSE(stored->result);
    EXPECT_THAT(wait(store().audit_of(sale.payment.id, soon())), SizeIs(2));
    EXPECT_EQ(count("select count(*) from chain_links where '" + to_string(sale.attempt.operation.uuid()) +
                    "' = any (operation_ids)"),
              1);
    EXPECT_EQ(wait(store().commit(step, soon())), SettlementResult::lost);
}

TEST_F(OpenTest, evidence_of_who_lost_the_lease_is_kept_and_ends_parking) {
    const Operation sale = abandoned_sale();
    ASSERT_EQ(take(sale)->generation, 2);
    Settlement parking = unknown(sale, 2);
    parking.park = true;
    parking.next_try = Milliseconds(3'600'000);
    EXPECT_EQ(wait(store().commit(parking, soon())), SettlementResult::won);
    EXPECT_EQ(row(sale, "parked::int"), 1);

    Settlement news = unknown(sale, 1);
    news.next_try = Milliseconds(3'600'000);
    EXPECT_EQ(wait(store().commit(news, soon())), SettlementResult::won);
    EXPECT_EQ(row(sale, "parked::int"), 0);
    EXPECT_EQ(row(sale, "(next_try <= now())::int"), 1);

    EXPECT_EQ(wait(store().commit(parking, soon())), SettlementResult::won);
    EXPECT_EQ(row(sale, "parked::int"), 0) << "its holder has not seen the news";
    age(sale, "lease_until = now()");
    EXPECT_EQ(take(sale)->generation, 3);
    parking.generation = 3;
    EXPECT_EQ(wait(store().commit(parking, soon())), SettlementResult::won);
    EXPECT_EQ(row(sale, "parked::int"), 1);
}

TEST_F(OpenTest, the_overview_counts_what_is_open_and_at_risk) {
    const auto open = [&] { return wait(store().overview(Milliseconds{0}, soon())).open; };
    const auto before = open();
    open_sale(777);
    const auto after = open();
    EXPECT_EQ(after.count, before.count + 1);
    const auto usd = [](const auto& open) {
        std::int64_t sum = 0;
        for (const auto& [currency, amount] : open.at_risk) sum += currency == "USD" ? amount : 0;
        return sum;
    };
    EXPECT_EQ(usd(after), usd(before) + 777);
    EXPECT_EQ(wait(store().readiness(soon())), "");
}

}  // namespace
}  // namespace florin::store::test
