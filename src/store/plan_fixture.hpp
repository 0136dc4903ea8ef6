// Plans as the server logs them, of statements on loaded tables, and what a plan must not hold.
#pragma once

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace json = boost::json;
using payments::OperationKind;

inline constexpr const char* kLoad = R"sql(
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
    insert into interim_documents select id, 2, id, '{}', now() from ids;
    insert into events select id, false, id, 'payment.captured', id, 1, id, 1, 2, now() from ids;
    insert into chain_links
        select 901, n, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), array[id], '{1}', '{3}', now(),
               '{0}' from ids;
    insert into relay_cursors values ('events', 901, 25000);
    analyze;
)sql";

inline const ledger::PspAccount kLoaded{"loaded", "main", false};

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
    void settle(Store& store, const std::vector<Operation>& sales, Settlement (*settlement)(const Operation&)) {
        std::vector<Task<SettlementResult>> tasks;
        for (const Operation& sale : sales) tasks.push_back(store.commit(settlement(sale), soon()));
        wait_all(std::move(tasks));
    }
    void approve(Store& store, const std::vector<Operation>& sales) {
        settle(store, sales, [](const Operation& sale) { return approved(sale); });
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

}  // namespace florin::store::test
