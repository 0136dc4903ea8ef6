// A backlog after an outage: what is open is asked about oldest first, no faster than allowed, and not at all while the
// PSP does not answer. FLORIN_BACKLOG=100000 runs the same with as many.
#include <gmock/gmock.h>

#include <cstdlib>

#include "flow/flow_fixture.hpp"
#include "flow/resolver.hpp"

namespace florin::flow {
namespace {

using Kind = psp::Heard::Kind;

constexpr Milliseconds kLongPatience{15 * 60'000};

class DrainTest : public FlowTest {
protected:
    static FlowOptions at_rate(double per_second) {
        auto options = quick_options();
        options.resolver_per_second = per_second;
        return options;
    }
    // Sales whose owner died after its call, one each millisecond, the last one a minute ago.
    void backlog(int count) const {
        const auto from = "generate_series(1, " + std::to_string(count) + ") n";
        const std::string id =
            "(lpad(to_hex((extract(epoch from florin_now()) * 1000)::bigint - 60000 - " + std::to_string(count) +
            " + n), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '80000' || substr(md5(n::text), 1, 11))::uuid";
        Database::shared().run("create table backlog as select n, " + id + " as id from " + from);
        Database::shared().run(
            "insert into payments (id, merchant_id, live, amount, currency, authorized, capturing, captured, "
            "refunding, "
            "refunded, voiding, voided, status, version, payment_method, capture, metadata, psp, psp_account, "
            "created_at, updated_at) select id, '" +
            to_string(merchant.id.uuid()) +
            "', false, 1000, 'EUR', 0, 0, 0, 0, 0, 0, 0, 'pending', 1, 'pm_card_visa', true, '{}', 'stripe', 'main', "
            "florin_now(), florin_now() from backlog");
        Database::shared().run(
            "insert into operations select id, id, 1, 'sale', 1000, 'EUR', null, 'stripe', 'main', 1, 'key:x', id, "
            "florin_now() - interval '1 min' from backlog");
        Database::shared().run(
            "insert into open_operations select id, id, 1, 'sale', 'stripe', 'main', 1, florin_now(), florin_now(), "
            "florin_now() + interval '10 min', 0, florin_now() - interval '1 h' + n * interval '1 ms', '', null, null, "
            "false from backlog");
        Database::shared().run("drop table backlog");
    }
    static std::size_t open() {
        return std::stoul(Database::shared().run("select count(*)::text from open_operations"));
    }
    bool drained(std::size_t to = 0) {
        const auto limit = Deadline::after(kLongPatience);
        while (!limit.passed()) {
            if (open() == to) return true;
            loop.wait_for(pause(loop.io.get_executor(), Milliseconds{200}));
        }
        return false;
    }
    void runs_for(Milliseconds duration) { loop.wait_for(pause(loop.io.get_executor(), duration)); }
};

TEST_F(DrainTest, p_17_a_backlog_is_drained_oldest_first) {
    const char* wanted = std::getenv("FLORIN_BACKLOG");
    const int count = wanted ? std::atoi(wanted) : 1'000;
    backlog(count);
    Gateway gateway{loop, psp, at_rate(10'000)};
    const auto began = std::chrono::steady_clock::now();
    gateway.start_worker();
    ASSERT_TRUE(drained());
    gateway.stop_worker();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    RecordProperty("seconds", std::to_string(took.count()));
    if (wanted) std::printf("%d drained in %.1f s\n", count, took.count());
    ASSERT_EQ(psp.calls.size(), static_cast<std::size_t>(count)) << "each is asked about once";
    // What is at work at the same time has no order.
    constexpr std::size_t kAtOnce = 100;
    for (std::size_t i = kAtOnce; i < psp.calls.size(); ++i) {
        ASSERT_GT(psp.calls[i].operation, psp.calls[i - kAtOnce].operation) << i;
    }
}

TEST_F(DrainTest, a_first_look_does_not_wait_until_the_backlog_is_drained) {
    backlog(400);
    Database::shared().run(
        "update open_operations set next_try = florin_now() where operation_id = (select max(operation_id::text)::uuid "
        "from "
        "open_operations)");
    Gateway gateway{loop, psp, at_rate(20)};
    gateway.start_worker();
    const auto fresh =
        OperationId(*parse_uuid(Database::shared().run("select max(operation_id::text) from open_operations")));
    const auto is_asked = [&] {
        return std::ranges::any_of(psp.calls, [&](const psp::Call& call) { return call.operation == fresh; });
    };
    ASSERT_TRUE(loop.until(is_asked));
    EXPECT_LE(psp.calls.size(), 50U);
    gateway.stop_worker();
}

TEST_F(DrainTest, what_becomes_due_while_a_backlog_is_drained_takes_its_place_by_age) {
    backlog(400);
    Database::shared().run(
        "update open_operations set next_try = florin_now() + interval '1 h', tries = 7 where operation_id = "
        "(select max(operation_id::text)::uuid from open_operations)");
    Gateway gateway{loop, psp, at_rate(10)};
    gateway.start_worker();
    ASSERT_TRUE(loop.until([&] { return !psp.calls.empty(); }));
    const auto older =
        OperationId(*parse_uuid(Database::shared().run("select max(operation_id::text) from open_operations")));
    Database::shared().run("update open_operations set next_try = florin_now() - interval '1 d' where tries = 7");
    const auto is_asked = [&] {
        return std::ranges::any_of(psp.calls, [&](const psp::Call& call) { return call.operation == older; });
    };
    ASSERT_TRUE(loop.until(is_asked));
    EXPECT_LT(psp.calls.size(), 300U) << "not behind what was found before";
    gateway.stop_worker();
}

TEST_F(DrainTest, p_17_no_faster_than_allowed) {
    backlog(400);
    Gateway gateway{loop, psp, at_rate(20)};
    const auto began = std::chrono::steady_clock::now();
    gateway.start_worker();
    ASSERT_TRUE(loop.until([&] { return psp.calls.size() >= 60; }));
    gateway.stop_worker();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    EXPECT_LE(static_cast<double>(psp.calls.size()), 20 + 20 * took.count());
    EXPECT_GE(took.count(), 2.0);
}

TEST_F(DrainTest, p_17_a_dead_psp_is_not_pressed_and_all_is_settled_when_it_is_back) {
    backlog(300);
    psp.mood = {.kind = Kind::silent};
    Gateway gateway{loop, psp, at_rate(1'000)};
    gateway.start_worker();
    const std::string silent = "florin_resolver_pace{mode=\"test\",psp=\"stripe\"} 0\n";
    ASSERT_TRUE(loop.until([&] { return gateway.metrics.render().contains(silent); }));
    runs_for(Milliseconds{3'000});
    const auto pressed = psp.calls.size();
    EXPECT_LE(pressed, 60U) << "what was under way when it went silent, then one at a time";
    EXPECT_EQ(open(), 300U) << "nothing is concluded from silence";
    psp.mood = {};
    EXPECT_TRUE(drained());
    gateway.stop_worker();
    EXPECT_EQ(
        std::stoul(Database::shared().run("select count(*)::text from operation_results r join payments p on "
                                          "p.id = r.payment_id where r.outcome = 'approved' and p.merchant_id = '" +
                                          to_string(merchant.id.uuid()) + "'")),
        300U);
}

TEST_F(DrainTest, p_17_a_dead_psp_is_tried_by_one_repeat_however_many_one_look_up_had_answered) {
    backlog(51);
    Database::shared().run("update open_operations set execute_until = florin_now()");
    Gateway gateway{loop, psp, at_rate(1'000)};
    Resolver resolver(gateway.services, gateway.accounts.all.front());
    const auto pass = [&] {
        loop.wait_for(resolver.pass());
        loop.wait_for(resolver.finish());
    };
    pass();
    runs_for(Milliseconds{200});
    pass();
    ASSERT_EQ(psp.look_ups, 2U) << "the second one for fifty";
    Database::shared().run("delete from open_operations");
    backlog(60);
    psp.mood = {.kind = Kind::silent};
    for (int i = 0; i < 5; ++i) loop.wait_for(psp.look_up({}, Deadline::after(kPatience)));
    const auto limit = Deadline::after(kPatience);
    while (psp.calls.empty() && !limit.passed()) {
        pass();
        runs_for(Milliseconds{100});
    }
    EXPECT_EQ(psp.calls.size(), 1U);
}

TEST_F(DrainTest, p_17_each_page_of_a_list_counts) {
    backlog(100);
    Database::shared().run("update open_operations set execute_until = florin_now()");
    psp.pages = 30;
    Gateway gateway{loop, psp, at_rate(10)};
    const auto began = std::chrono::steady_clock::now();
    gateway.start_worker();
    ASSERT_TRUE(loop.until([&] { return psp.look_ups >= 3; }));
    gateway.stop_worker();
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(4'500));
}

TEST_F(DrainTest, p_14_who_is_told_to_wait_waits_and_nothing_fails) {
    backlog(100);
    psp.mood = {.kind = Kind::limited, .wait = Milliseconds{3'600'000}};
    Gateway gateway{loop, psp, at_rate(1'000)};
    gateway.start_worker();
    ASSERT_TRUE(loop.until([&] { return !psp.calls.empty(); }));
    runs_for(Milliseconds{1'000});
    const auto asked = psp.calls.size();
    runs_for(Milliseconds{2'000});
    EXPECT_EQ(psp.calls.size(), asked);
    EXPECT_LE(asked, 50U);
    gateway.stop_worker();
    EXPECT_EQ(open(), 100U);
}

TEST_F(DrainTest, k_20_what_a_killed_worker_had_taken_comes_back_with_its_lease) {
    backlog(20);
    Database::shared().run("update open_operations set generation = 2, lease_until = florin_now() + interval '45 s'");
    Gateway gateway{loop, psp, at_rate(1'000)};
    gateway.start_worker();
    runs_for(Milliseconds{1'500});
    EXPECT_TRUE(psp.calls.empty());
    Database::shared().run("update open_operations set lease_until = florin_now()");
    EXPECT_TRUE(drained());
    gateway.stop_worker();
}

TEST_F(DrainTest, k_21_a_kind_of_another_release_is_parked_and_stands_in_nobodys_way) {
    backlog(50);
    Database::shared().run(
        "update open_operations set kind = 'dunning' where operation_id = (select min(operation_id::text)::uuid from "
        "open_operations)");
    Gateway gateway{loop, psp, at_rate(1'000)};
    gateway.start_worker();
    ASSERT_TRUE(drained(1));
    const auto limit = Deadline::after(kPatience);
    while (!limit.passed() && Database::shared().run("select parked::text from open_operations") != "true") {
        runs_for(Milliseconds{50});
    }
    gateway.stop_worker();
    EXPECT_EQ(Database::shared().run("select kind || ' ' || parked::text from open_operations"), "dunning true");
    const auto shown = loop.wait_for(gateway.store.list_open({}, Deadline::after(kPatience)));
    EXPECT_EQ(shown.rows.front().kind, "dunning");
    EXPECT_THAT(shown.rows.front().evidence, testing::HasSubstr("no handler"));
}

}  // namespace
}  // namespace florin::flow
