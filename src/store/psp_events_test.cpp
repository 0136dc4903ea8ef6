// Events of PSPs: kept once, handed out under leases, remembered for ever.
#include <gmock/gmock.h>

#include <set>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr Milliseconds kLease{45'000};

class PspEventsTest : public StoreTest {
protected:
    PspEvents& events() { return store().psp_events(); }

    ReceivedEvent event(const std::string& name, std::int16_t weight = 0) const {
        const auto now = SystemClock().now();
        return {.id = PspEventId::make(now, Bucket{0}, account_.live),
                .account = account_,
                .event = "evt_" + name,
                .type = "payment_intent.succeeded",
                .weight = weight,
                .created = now,
                .body = R"({"id":"evt_)" + name + "\"}",
                .received = now};
    }
    Kept keep(const std::string& name, std::int16_t weight = 0) {
        return wait(events().keep(event(name, weight), soon()));
    }
    TakenEvents take(int limit = 10, Milliseconds lease = kLease) {
        return wait(events().take(account_, lease, limit, soon()));
    }
    std::vector<std::string> take_names(int limit = 10) { return names(take(limit)); }
    static std::vector<std::string> names(const TakenEvents& taken) {
        std::vector<std::string> out;
        for (const auto& one : taken.events) out.push_back(one.event.substr(4));
        return out;
    }
    TakenEvent take_one(Milliseconds lease = kLease) {
        auto taken = take(1, lease);
        EXPECT_THAT(taken.events, SizeIs(1));
        return taken.events.empty() ? TakenEvent{} : std::move(taken.events.front());
    }
    template <class End>
    std::size_t finish(const TakenEvent& taken, End end) {
        std::vector<EventEnd> ends{{taken.event, taken.generation, std::move(end)}};
        return wait(events().finish(account_, std::move(ends), soon()));
    }
    std::int64_t rows(const std::string& table) {
        return count("select count(*) from " + table + " where psp_account = '" + account_.name + "'");
    }

    // Each test has an account of its own: the queue is everybody's.
    ledger::PspAccount account_{"stripe", std::string(to_hex(random_token(8))), false};
};

// W-12
TEST_F(PspEventsTest, an_event_is_durable_when_it_is_kept) {
    auto received = event("1");
    received.body = std::string("{\0\xff}", 4);
    EXPECT_EQ(wait(events().keep(received, soon())), Kept::fresh);
    const auto stored = query("select body, type, event_id, live, weight from psp_events where id = '" +
                              to_string(received.id.uuid()) + "'");
    ASSERT_EQ(stored.size(), 1);
    EXPECT_EQ(stored[0].text(0), received.body);
    EXPECT_EQ(rows("open_psp_events"), 1);
}

// W-01
TEST_F(PspEventsTest, of_a_hundred_at_once_one_is_kept_and_all_are_told) {
    auto other = another_store();
    std::vector<Task<Kept>> tasks;
    for (int i = 0; i < 100; ++i) tasks.push_back((i % 2 ? *other : store()).psp_events().keep(event("1"), soon()));
    int fresh = 0;
    for (const Kept kept : wait_all(std::move(tasks))) {
        fresh += kept == Kept::fresh;
        EXPECT_TRUE(kept == Kept::fresh || kept == Kept::waiting);
    }
    EXPECT_EQ(fresh, 1);
    EXPECT_EQ(rows("psp_events"), 1);
    EXPECT_EQ(rows("open_psp_events"), 1);
}

TEST_F(PspEventsTest, one_id_is_two_events_in_two_accounts_or_modes) {
    EXPECT_EQ(keep("1"), Kept::fresh);
    account_.live = true;
    EXPECT_EQ(keep("1"), Kept::fresh);
    EXPECT_EQ(rows("open_psp_events"), 2);
    EXPECT_THAT(take_names(), ElementsAre("1"));
    account_.psp = "another";
    EXPECT_THAT(take_names(), IsEmpty());
}

// W-09
TEST_F(PspEventsTest, what_was_handled_is_known_for_ever) {
    keep("1");
    EXPECT_EQ(finish(take_one(), Handled{"no change"}), 1U);
    auto late = event("1");
    late.received += std::chrono::days(29);
    EXPECT_EQ(wait(events().keep(late, soon())), Kept::handled);
    EXPECT_EQ(rows("open_psp_events"), 0);
    EXPECT_EQ(rows("psp_events"), 1);
    EXPECT_EQ(rows("psp_event_ids"), 1);
    EXPECT_THAT(take_names(), IsEmpty());
}

// It came in once more while the first was being handled, and its row was written just behind.
TEST_F(PspEventsTest, a_repeat_that_crosses_the_end_is_handed_to_nobody) {
    keep("1");
    finish(take_one(), Handled{"no change"});
    query(
        "insert into open_psp_events select event_id, psp, psp_account, live, id, 't', 0, now(), now(), now(), 0, 0, "
        "0, "
        "false, false, '' from psp_event_ids where psp_account = '" +
        account_.name + "'");
    keep("2");
    EXPECT_THAT(take_names(), ElementsAre("2"));
    EXPECT_EQ(rows("open_psp_events"), 1);
}

// W-14
TEST_F(PspEventsTest, outcomes_go_first_and_among_equals_the_oldest) {
    keep("informational1", 1);
    keep("informational2", 1);
    keep("outcome1", 0);
    keep("outcome2", 0);
    EXPECT_THAT(take_names(3), ElementsAre("outcome1", "outcome2", "informational1"));
    EXPECT_THAT(take_names(3), ElementsAre("informational2"));
    EXPECT_THAT(take_names(3), IsEmpty());
}

TEST_F(PspEventsTest, two_workers_never_have_one_event) {
    std::vector<Task<Kept>> keeping;
    for (int i = 0; i < 300; ++i) keeping.push_back(events().keep(event(std::to_string(i)), soon()));
    wait_all(std::move(keeping));
    auto other = another_store();
    std::vector<Task<TakenEvents>> taking;
    for (int i = 0; i < 40; ++i)
        taking.push_back((i % 2 ? *other : store()).psp_events().take(account_, kLease, 10, soon()));
    std::set<std::string> taken;
    std::size_t all = 0;
    for (const auto& batch : wait_all(std::move(taking))) {
        for (const auto& name : names(batch)) taken.insert(name);
        all += batch.events.size();
    }
    EXPECT_EQ(all, taken.size());
    for (auto rest = take_names(300); !rest.empty(); rest = take_names(300)) {
        taken.insert(rest.begin(), rest.end());
        all += rest.size();
    }
    EXPECT_EQ(taken.size(), 300U);
    EXPECT_EQ(all, 300U);
}

// K-20
TEST_F(PspEventsTest, what_a_dead_worker_held_comes_back_and_its_late_word_counts_for_nothing) {
    keep("1");
    const auto dead = take_one(Milliseconds(0));
    const auto alive = take_one();
    EXPECT_EQ(alive.event, dead.event);
    EXPECT_EQ(alive.generation, dead.generation + 1);
    EXPECT_EQ(finish(dead, Handled{"too late"}), 0U);
    EXPECT_EQ(rows("psp_event_ids"), 0);
    EXPECT_EQ(finish(alive, Handled{"settled"}), 1U);
    EXPECT_EQ(finish(alive, Handled{"settled"}), 0U);
    EXPECT_EQ(query("select what from psp_event_ids where psp_account = '" + account_.name + "'")[0].text(0),
              "settled");
}

// W-13
TEST_F(PspEventsTest, one_that_ends_nobody_who_takes_it_is_parked) {
    keep("poison");
    for (int i = 0; i < PspEvents::kMostLapses; ++i) EXPECT_EQ(take_one(Milliseconds(0)).tries, i + 1);
    keep("good");
    const auto taken = take();
    EXPECT_THAT(names(taken), ElementsAre("good"));
    EXPECT_THAT(taken.parked, ElementsAre("evt_poison"));
    EXPECT_THAT(take().parked, IsEmpty());
    const auto backlog = wait(events().backlog(soon()));
    EXPECT_GE(backlog.parked, 1);
    EXPECT_GE(backlog.waiting, 1);
}

// Who dies of one event dies with all that it has in hand.
TEST_F(PspEventsTest, neighbours_of_a_poisonous_one_are_not_parked_with_it) {
    for (const char* name : {"good1", "poison", "good2", "good3"}) keep(name);
    std::vector<std::string> parked;
    std::size_t handled = 0;
    for (int i = 0; i < 60 && parked.empty(); ++i) {
        const auto taken = take(10, Milliseconds(0));
        parked = taken.parked;
        const auto names_taken = names(taken);
        if (std::ranges::count(names_taken, "poison") > 0) continue;  // the worker is dead
        for (const auto& one : taken.events) handled += finish(one, Handled{"no change"});
    }
    EXPECT_THAT(parked, ElementsAre("evt_poison"));
    while (handled < 3) {
        const auto rest = take();
        ASSERT_FALSE(rest.events.empty());
        for (const auto& one : rest.events) handled += finish(one, Handled{"no change"});
    }
    EXPECT_EQ(rows("psp_event_ids"), 3);
}

// A worker that died twice with its hands full leaves as many suspects as it could take at once.
TEST_F(PspEventsTest, suspects_are_in_nobody_elses_way) {
    for (int i = 0; i < 20; ++i) keep("old" + std::to_string(i), static_cast<std::int16_t>(i % 2));
    for (int i = 0; i < PspEvents::kMostLapses / 2; ++i) EXPECT_THAT(take(20, Milliseconds(0)).events, SizeIs(20));
    keep("new outcome");
    keep("new information", 1);
    const auto taken = take(10).events;
    EXPECT_THAT(names({taken, {}}), IsSupersetOf({"new outcome", "new information"}));
    EXPECT_THAT(taken, SizeIs(3)) << "and one of the others at a time";
    EXPECT_THAT(take(10).events, SizeIs(1));
}

TEST_F(PspEventsTest, who_asks_for_another_try_is_no_poison) {
    keep("1");
    for (int i = 0; i < 3 * PspEvents::kMostLapses; ++i) {
        const auto taken = take_one();
        EXPECT_EQ(taken.tries, i + 1);
        EXPECT_EQ(finish(taken, Again{Milliseconds(0), "the PSP does not answer"}), 1U);
    }
    const auto later = take_one();
    EXPECT_EQ(finish(later, Again{Milliseconds(600'000), "later"}), 1U);
    EXPECT_THAT(take_names(), IsEmpty());
    EXPECT_EQ(keep("1"), Kept::waiting);
    EXPECT_THAT(take_names(), IsEmpty());
}

TEST_F(PspEventsTest, a_parked_one_is_due_again_when_it_comes_again) {
    keep("1");
    EXPECT_EQ(finish(take_one(), Parked{"unknown payment"}), 1U);
    EXPECT_THAT(take_names(), IsEmpty());
    EXPECT_EQ(keep("1"), Kept::due_again);
    EXPECT_EQ(take_one().tries, 1);
    EXPECT_EQ(rows("psp_events"), 1);
}

TEST_F(PspEventsTest, ends_of_many_are_written_together) {
    for (const char* name : {"1", "2", "3", "4"}) keep(name);
    std::vector<EventEnd> ends;
    for (const auto& one : take().events) ends.push_back({one.event, one.generation, Handled{"no change"}});
    ASSERT_THAT(ends, SizeIs(4));
    ends[1].end = Parked{"who is this"};
    ends[2].end = Again{Milliseconds(0), "once more"};
    ends[3].generation += 1;
    EXPECT_EQ(wait(events().finish(account_, ends, soon())), 3U);
    EXPECT_EQ(rows("psp_event_ids"), 1);
    EXPECT_THAT(take_names(), ElementsAre("3"));
}

TEST_F(PspEventsTest, keeping_and_ending_the_same_ones_never_blocks) {
    std::vector<Task<Kept>> keeping;
    for (int i = 0; i < 100; ++i) keeping.push_back(events().keep(event(std::to_string(i)), soon()));
    wait_all(std::move(keeping));
    std::vector<EventEnd> ends;
    for (const auto& one : take(100).events) ends.push_back({one.event, one.generation, Parked{"later"}});
    std::ranges::reverse(ends);
    std::size_t kept = 0;
    boost::asio::co_spawn(loop_, events().finish(account_, ends, soon()), [](auto, auto) {});
    for (int i = 99; i >= 0; --i) {
        boost::asio::co_spawn(loop_, events().keep(event(std::to_string(i)), soon()),
                              [&](std::exception_ptr thrown, Kept) { kept += !thrown; });
    }
    while (kept < 100) loop_.run_one();
    EXPECT_EQ(rows("open_psp_events"), 100);
}

TEST_F(PspEventsTest, an_event_beyond_the_queue_is_refused_before_anything_is_kept) {
    PspEvents small(loop_.get_executor(), {.conninfo = urls().application, .queue = 2});
    wait(small.start(soon()));
    int refused = 0, kept = 0;
    for (int i = 0; i < 5; ++i) {
        boost::asio::co_spawn(loop_, small.keep(event(std::to_string(i)), soon()),
                              [&](std::exception_ptr thrown, Kept) { ++(thrown ? refused : kept); });
    }
    while (refused + kept < 5) loop_.run_one();
    EXPECT_EQ(refused, 3);
    EXPECT_EQ(rows("psp_events"), 2);
}

}  // namespace
}  // namespace florin::store::test
