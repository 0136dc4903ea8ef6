// The plans of the statements at batch 128 on loaded tables, as the server logs them: no sequential scan, no join of
// two CTEs, and nothing of the losers' branches runs when everybody wins.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

namespace json = boost::json;
using payments::OperationKind;

constexpr const char* kLoad = R"sql(
    create temporary table ids as
        select n, (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - n), 12, '0') || substr(md5(n::text), 13))::uuid as id
        from generate_series(1, 25000) n;
    insert into payments (id, merchant_id, live, amount, currency, authorized, capturing, captured, refunding, refunded, voiding,
                          voided, status, version, payment_method, capture, metadata, psp, created_at, updated_at)
        select id, gen_random_uuid(), false, 1, 'USD', 1, 0, 1, 0, 0, 0, 0, 'captured', 2, 'pm', true, '{}', 'stripe', now(), now()
        from ids;
    insert into operations select id, id, 1, 'sale', 1, 'USD', null, 'stripe', 'main', 1, 'key:x', id, now() from ids;
    insert into idempotency_keys select id, false, 'k', id, id, '\x00', now() from ids;
    insert into operation_results
        select id, 1, id, 'approved', null, 200, 'stripe', 'x' || n, 2, '{}', '\x00', 1023, 0, now() from ids;
    insert into held_authorizations (payment_id, merchant_id, psp, psp_account, capture_before, next_look)
        select id, id, 'loaded', 'main', now() + interval '1 d' + n * interval '1 s', now() + interval '1 d' from ids;
    insert into watched_operations select id, 1, id, 'loaded', 'main', 're', now(), now(), now() from ids;
    insert into operation_reversals select id, id, id, now() from ids;
    insert into psp_references select 'loaded', 'x' || n, id, 1, id from ids;
    insert into ledger_entries
        select id, 1, line, 1, id, null, 3 - 2 * line, 'USD', 1023, 0, now() from ids, generate_series(1, 2) line;
    insert into payment_audit_log select id, 2, id, 1, 'x', 'pending>captured', '', id, now() from ids;
    analyze;
)sql";

const ledger::PspAccount kLoaded{"loaded", "main", false};

class PlanTest : public StoreTest {
protected:
    // The plans of what the work makes a fresh single-writer store send, by a word of their text.
    json::value plan_of(const std::string& word, std::function<void(Store&)> work) {
        query("alter role florin_app set session_preload_libraries = 'auto_explain'");
        query("alter role florin_app set auto_explain.log_min_duration = 0");
        query("alter role florin_app set auto_explain.log_analyze = on");
        query("alter role florin_app set auto_explain.log_timing = off");
        query("alter role florin_app set auto_explain.log_format = json");
        StoreOptions options;
        options.writers = 1;
        const auto start = server_log().size();
        work(*another_store(options));
        query("alter role florin_app reset all");
        return last_plan(server_log().substr(start), word);
    }

    static json::value last_plan(const std::string& log, const std::string& word) {
        std::string found;
        for (auto at = log.find("plan:\n"); at != std::string::npos; at = log.find("plan:\n", at + 1)) {
            const auto begin = at + 6;
            auto end = begin;
            while (end < log.size() && log[end] == '\t') end = log.find('\n', end) + 1;
            const auto plan = log.substr(begin, end - begin);
            if (plan.find(word) != std::string::npos) found = plan;
        }
        EXPECT_FALSE(found.empty()) << "no plan with " << word << " in the log";
        return found.empty() ? json::value() : json::parse(found).at("Plan");
    }

    static std::string type(const json::value& node) { return std::string(node.at("Node Type").as_string()); }
    static double number(const json::value& node, const char* name) {
        const auto* value = node.as_object().if_contains(name);
        return value ? value->to_number<double>() : 0;
    }
    static void walk(const json::value& node, const std::function<void(const json::value&)>& visit) {
        visit(node);
        if (const auto* plans = node.as_object().if_contains("Plans")) {
            for (const auto& child : plans->as_array()) walk(child, visit);
        }
    }
    static std::string relation(const json::value& node) {
        const auto* name = node.as_object().if_contains("Relation Name");
        return name ? std::string(name->as_string()) : "";
    }

    // `passes` of the batch over itself may choose from its rows.
    static void expect_cheap(const json::value& plan, bool passes = false) {
        walk(plan, [passes](const json::value& node) {
            EXPECT_NE(type(node), "Seq Scan") << relation(node);
            EXPECT_EQ(number(node, "Rows Removed by Join Filter"), 0) << json::serialize(node);
            if (!passes || type(node) != "CTE Scan") {
                EXPECT_EQ(number(node, "Rows Removed by Filter"), 0) << json::serialize(node);
            }
            if (type(node) == "Nested Loop" && number(node, "Actual Loops") > 0) {
                const auto& children = node.at("Plans").as_array();
                EXPECT_FALSE(type(children[0]) == "CTE Scan" && type(children[1]) == "CTE Scan" &&
                             number(children[0], "Actual Rows") > 1 && number(children[1], "Actual Rows") > 1)
                    << json::serialize(node);
            }
        });
    }
    // However much the tables hold.
    static void expect_at_most(double rows, const json::value& plan) {
        walk(plan, [rows](const json::value& node) {
            EXPECT_NE(type(node), "Seq Scan") << relation(node);
            EXPECT_LE(number(node, "Actual Rows"), rows) << json::serialize(node);
            EXPECT_LE(number(node, "Rows Removed by Filter"), 10 * rows) << json::serialize(node);
        });
    }
    std::vector<Operation> sales(int count) {
        std::vector<Operation> out;
        for (int i = 0; i < count; ++i) out.push_back(new_sale(1000 + i));
        return out;
    }
    void open(Store& store, const std::vector<Operation>& sales) {
        std::vector<Task<IntentResult>> tasks;
        for (const Operation& sale : sales) tasks.push_back(store.commit(intent_of(sale), soon()));
        wait_all(std::move(tasks));
    }
    void approve(Store& store, const std::vector<Operation>& sales) {
        std::vector<Task<SettlementResult>> tasks;
        for (const Operation& sale : sales) tasks.push_back(store.commit(approved(sale), soon()));
        wait_all(std::move(tasks));
    }
    std::vector<payments::Payment> captured(int count) {
        std::vector<payments::Payment> out;
        const auto batch = sales(count);
        open(store(), batch);
        approve(store(), batch);
        for (const Operation& sale : batch) out.push_back(stored(sale.payment.id));
        return out;
    }
    void load_tables() {
        if (count("select count(*) from psp_references where psp = 'loaded'") > 0) return;
        auto admin = connect();
        wait(admin->run(kLoad, Deadline::after(Milliseconds(120'000))));
    }
};

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
