// The plans of the statements at batch 128: no sequential scan, no join of two CTEs, and nothing of the losers'
// branches runs when everybody wins.
#include "store/plan_fixture.hpp"

namespace florin::store::test {
namespace {

TEST_F(PlanTest, an_intent_batch_touches_only_what_it_writes) {
    load_tables();
    const auto plan = plan_of("insert into idempotency_keys", [&](Store& store) { open(store, sales(128)); });
    ASSERT_TRUE(plan.is_object());
    EXPECT_EQ(number(plan, "Actual Rows"), 128);
    expect_cheap(plan);
}

TEST_F(PlanTest, a_settlement_batch_goes_through_indexes_and_leaves_the_losers_branches_out) {
    load_tables();
    const auto plan = plan_of("delete from open_operations", [&](Store& store) {
        const auto batch = sales(128);
        open(store, batch);
        approve(store, batch);
    });
    ASSERT_TRUE(plan.is_object());
    EXPECT_EQ(number(plan, "Actual Rows"), 128);
    expect_cheap(plan);
    bool windows = false;
    bool references = false;
    walk(plan, [&](const json::value& node) {
        if (type(node) == "WindowAgg") {
            windows = true;
            EXPECT_EQ(number(node, "Actual Rows"), 0);
            walk(node, [](const json::value& below) {
                const auto* cte = below.as_object().if_contains("CTE Name");
                if (cte && *cte == "lines") EXPECT_EQ(number(below, "Actual Loops"), 0);
            });
        }
        if (relation(node) == "psp_references" && type(node) != "ModifyTable") {
            references = true;
            EXPECT_EQ(number(node, "Actual Loops"), 0);
        }
    });
    EXPECT_TRUE(windows && references);
}

TEST_F(PlanTest, a_batch_of_reservations_touches_only_what_it_writes) {
    load_tables();
    const auto payments = captured(128);
    const auto plan = plan_of("for no key update", [&](Store& store) {
        std::vector<Task<ReservationResult>> tasks;
        for (const auto& payment : payments) {
            tasks.push_back(store.commit(*reservation(payment, OperationKind::refund), soon()));
        }
        wait_all(std::move(tasks));
    });
    ASSERT_TRUE(plan.is_object());
    EXPECT_EQ(number(plan, "Actual Rows"), 128);
    expect_cheap(plan);
}

TEST_F(PlanTest, a_batch_of_refunds_settles_through_indexes) {
    load_tables();
    std::vector<Operation> refunds;
    for (const auto& payment : captured(128)) refunds.push_back(open_modification(payment, OperationKind::refund));
    const auto plan = plan_of("insert into watched_operations", [&](Store& store) {
        std::vector<Task<SettlementResult>> tasks;
        for (const Operation& refund : refunds) {
            Settlement settlement = approved(refund);
            settlement.watch = Watch{Milliseconds(60'000), Milliseconds(3'600'000)};
            tasks.push_back(store.commit(std::move(settlement), soon()));
        }
        wait_all(std::move(tasks));
    });
    ASSERT_TRUE(plan.is_object());
    EXPECT_EQ(number(plan, "Actual Rows"), 128);
    expect_cheap(plan);
}

TEST_F(PlanTest, a_batch_of_refusals_touches_only_what_it_writes) {
    load_tables();
    const auto payments = captured(128);
    const auto plan = plan_of("insert into operation_reversals", [&](Store& store) {
        std::vector<Task<RecordResult>> tasks;
        for (const auto& payment : payments) {
            tasks.push_back(store.commit(refusal(payment, "plan-" + to_string(payment.id)), soon()));
        }
        wait_all(std::move(tasks));
    });
    ASSERT_TRUE(plan.is_object());
    EXPECT_EQ(number(plan, "Actual Rows"), 128);
    expect_cheap(plan, true);
}

TEST_F(PlanTest, the_worker_looks_only_at_what_is_due) {
    load_tables();
    for (const std::string word : {"update held_authorizations", "from watched_operations"}) {
        const auto plan = plan_of(word, [&](Store& store) {
            wait(store.take_expired(kLoaded, Milliseconds(0), 10, soon()));
            wait(store.take_watched(kLoaded, Milliseconds(60'000), 10, soon()));
        });
        ASSERT_TRUE(plan.is_object());
        expect_at_most(10, plan);
    }
}

TEST_F(PlanTest, a_taking_touches_what_was_found_however_much_is_due) {
    load_tables();
    query(
        "insert into open_operations select payment_id, payment_id, 1, 'sale', 'loaded', 'main', 1, now(), now(), "
        "now(), 7, now() - interval '1 h', '', null, null, false from psp_references where psp = 'loaded' limit 10000");
    query("analyze open_operations");
    auto found = wait(store().find_due(kLoaded, 200, soon()));
    ASSERT_EQ(found.size(), 200U);
    const auto plan = plan_of("update open_operations", [&](Store& store) {
        Store::Due due{.account = kLoaded, .operations = std::move(found), .limit = 50};
        EXPECT_EQ(wait(store.take_due(std::move(due), kAges, kDurations, soon())).size(), 50U);
    });
    query("delete from open_operations where psp = 'loaded'");
    ASSERT_TRUE(plan.is_object());
    expect_at_most(200, plan);
}

// Mostly nothing is open, and that is what the server knows of the table; then the PSP is down.
TEST_F(PlanTest, an_outage_leaves_settlements_and_takings_as_they_are) {
    load_tables();
    query("alter table open_operations set (autovacuum_enabled = off)");
    for (const std::string word : {"delete from open_operations", "evidence = s.details", "update open_operations"}) {
        query("vacuum analyze open_operations");
        const auto plan = plan_of(word, [&](Store& store) {
            const auto settle_some = [&] {
                const auto batch = sales(16);
                open(store, batch);
                settle(store, batch, [](const Operation& sale) { return unknown(sale); });
                approve(store, batch);
                const auto due = wait(store.find_due(kLoaded, 16, soon()));
                Store::Due taking{.account = kLoaded, .operations = due, .limit = 16};
                wait(store.take_due(std::move(taking), kAges, kDurations, soon()));
            };
            settle_some();
            query(
                "insert into open_operations select payment_id, payment_id, 1, 'sale', 'loaded', 'main', 1, now(), "
                "now(), "
                "now(), 7, now() - interval '1 h', '', null, null, false from psp_references where psp = 'loaded' "
                "limit 10000");
            settle_some();
        });
        query("delete from open_operations where psp = 'loaded'");
        ASSERT_TRUE(plan.is_object());
        expect_at_most(256, plan);
    }
    query("alter table open_operations reset (autovacuum_enabled)");
}

TEST_F(PlanTest, an_outage_leaves_reads_as_they_are) {
    load_tables();
    query("alter table open_operations set (autovacuum_enabled = off)");
    for (const std::string word : {"from idempotency_keys k", "r.psp_reference, o.psp_reference",
                                   "o.kind, o.psp, o.psp_account", "as doubtful"}) {
        query("vacuum analyze open_operations");
        const auto plan = plan_of(word, [&](Store& store) {
            const auto sale = sales(1).front();
            open(store, {sale});
            const auto look = [&] {
                wait(store.find_by_key(merchant_, false, sale.key, soon()));
                EXPECT_EQ(wait(store.operations_of(sale.payment.id, soon())).size(), 1U);
                EXPECT_EQ(wait(store.open_of(sale.payment.id, soon())).size(), 1U);
                const EventNames names{
                    .payment = sale.payment.id, .operation = sale.attempt.operation, .attempt = sale.attempt.number};
                EXPECT_TRUE(wait(store.find_subjects("stripe", {names}, soon())).front());
            };
            look();
            query(
                "insert into open_operations select payment_id, payment_id, 1, 'sale', 'loaded', 'main', 1, now(), "
                "now(), "
                "now(), 7, now() - interval '1 h', '', null, null, false from psp_references where psp = 'loaded' "
                "limit 10000");
            look();
        });
        query("delete from open_operations where psp = 'loaded'");
        ASSERT_TRUE(plan.is_object());
        expect_at_most(16, plan);
    }
    query("alter table open_operations reset (autovacuum_enabled)");
}

// As after kill -9 upon kill -9: nobody ever had the time to count what the table holds.
TEST_F(PlanTest, psp_events_are_found_by_their_ids_though_the_plan_was_made_when_there_were_none) {
    const ledger::PspAccount flooded{"stripe", "flooded", false};
    query("alter table open_psp_events set (autovacuum_enabled = off)");
    query("update pg_class set reltuples = -1 where oid = 'open_psp_events'::regclass");
    query("delete from pg_statistic where starelid = 'open_psp_events'::regclass");
    const auto handle_ten = [&](Store& store) {
        auto taken = wait(store.psp_events().take(flooded, Milliseconds(45'000), 10, soon()));
        std::vector<EventEnd> ends{{"evt_of_nobody", 1, Handled{"done"}}};
        for (const auto& one : taken.events) ends.push_back({one.event, one.generation, Handled{"done"}});
        return wait(store.psp_events().finish(flooded, std::move(ends), soon()));
    };
    for (const std::string word : {"Takes up to", "Ends taken events"}) {
        const auto plan = plan_of(word, [&](Store& store) {
            EXPECT_EQ(handle_ten(store), 0U);
            query(
                "insert into open_psp_events select 'evt_' || n, 'stripe', 'flooded', false, gen_random_uuid(), 'x', "
                "0, now(), "
                "now(), now(), 0, 0, 0, false, false, '' from generate_series(1, 20000) n");
            EXPECT_EQ(handle_ten(store), 10U);
        });
        query("delete from open_psp_events where psp_account = 'flooded'");
        query("alter table psp_event_ids disable trigger all");
        query("delete from psp_event_ids where psp_account = 'flooded'");
        query("alter table psp_event_ids enable trigger all");
        ASSERT_TRUE(plan.is_object());
        expect_at_most(40, plan);  // four times as many are looked at
    }
    query("alter table open_psp_events reset (autovacuum_enabled)");
}

// One merchant with a policy among all whose holds are as near to their end.
TEST_F(PlanTest, a_policy_is_looked_for_among_its_merchants_holds_only) {
    load_tables();
    const std::string owner = "'" + to_string(merchant_.uuid()) + "'";
    query("insert into merchants (id, name, created_at, before_expiry, before_expiry_hours) values (" + owner +
          ", 'x', now(), 'void', 168)");
    query("update held_authorizations set merchant_id = " + owner +
          " where payment_id in (select payment_id from held_authorizations where psp = 'loaded' and not "
          "florin_is_live(payment_id) limit 30)");
    const auto plan = plan_of("set policy_look", [&](Store& store) {
        EXPECT_EQ(wait(store.take_policies(kLoaded, Milliseconds(60'000), 10, soon())).size(), 10U);
    });
    query("update merchants set before_expiry = 'none' where id = " + owner);
    ASSERT_TRUE(plan.is_object());
    expect_at_most(10, plan);
}

TEST_F(PlanTest, accounts_are_found_by_their_index_however_much_is_watched) {
    load_tables();
    query("update watched_operations set next_look = now() + interval '1 day' where psp = 'loaded'");
    const auto plan = plan_of("looking", [&](Store& store) { wait(store.due_by_account(soon())); });
    query("update watched_operations set next_look = now() where psp = 'loaded'");
    ASSERT_TRUE(plan.is_object());
    walk(plan, [](const json::value& node) {
        if (!relation(node).starts_with("watched_")) return;
        EXPECT_NE(type(node), "Seq Scan") << relation(node);
        EXPECT_LE(number(node, "Actual Rows"), 10) << json::serialize(node);
    });
}

TEST_F(PlanTest, a_relay_reads_what_is_linked_and_its_rows_and_nothing_else) {
    load_tables();
    const auto payments = captured(128);
    const auto pass = [&](Store& store) {
        const auto outbox = wait(store.events().outbox(1000, soon()));
        std::size_t events = 0;
        for (const auto& link : outbox.links) events += link.events.size();
        EXPECT_GE(events, 128U);
    };
    pass(store());
    const auto plan = plan_of("recursive writers", pass);
    ASSERT_TRUE(plan.is_object());
    walk(plan, [&](const json::value& node) {
        EXPECT_NE(type(node), "Seq Scan") << relation(node);
        EXPECT_LT(number(node, "Actual Rows"), 20'000) << json::serialize(node);
        if (relation(node) == "chain_links") EXPECT_LE(number(node, "Actual Rows"), 1000) << json::serialize(node);
    });
}

TEST_F(PlanTest, a_look_up_by_key_goes_through_indexes) {
    load_tables();
    const auto plan = plan_of("from idempotency_keys k", [&](Store& store) {
        const auto some = sales(2);
        open(store, some);
        approve(store, some);
        EXPECT_TRUE(wait(store.find_by_key(merchant_, false, some[0].key, soon()))->result);
    });
    ASSERT_TRUE(plan.is_object());
    expect_cheap(plan);
}

}  // namespace
}  // namespace florin::store::test
