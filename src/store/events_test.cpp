// Events in the commits that make them, and what a relay and a merchant read of them.
#include "store/events.hpp"

#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using payments::EventType;
using payments::OperationKind;
using payments::Payment;
using payments::Status;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EventsTest : public StoreTest {
protected:
    EventsTest() { pass_over(); }

    Events& events() { return store().events(); }
    Outbox outbox(int links = 1000) { return wait(events().outbox(links, soon())); }

    static std::vector<Relayed::Cursor> ends_of(const Outbox& outbox) {
        std::vector<Relayed::Cursor> cursors;
        for (const Link& link : outbox.links) cursors.push_back({link.writer, link.number});
        std::vector<Relayed::Cursor> last;
        for (std::size_t i = 0; i < cursors.size(); ++i) {
            if (i + 1 == cursors.size() || cursors[i + 1].writer != cursors[i].writer) last.push_back(cursors[i]);
        }
        return last;
    }
    // What other tests have linked is no concern of this one.
    void pass_over() {
        for (auto all = outbox(); !all.links.empty(); all = outbox()) {
            const Relayed none{.from = all.position, .to = all.position + 1, .events = {}, .cursors = ends_of(all)};
            ASSERT_TRUE(wait(events().relay(none, soon())));
        }
    }
    Relayed step(const Outbox& all) {
        Relayed relayed{.from = all.position, .to = all.position, .events = {}, .cursors = ends_of(all)};
        for (const Link& link : all.links) {
            for (const LinkedEvent& event : link.events) {
                relayed.to = std::max(relayed.to + 1, order_of(event.at));
                relayed.events.push_back(
                    {EventId(make_uuid(relayed.to, bucket_of(event.merchant.uuid()), event.live)), event});
            }
        }
        if (relayed.events.empty()) ++relayed.to;
        return relayed;
    }
    void relay() { ASSERT_TRUE(wait(events().relay(step(outbox()), soon()))); }

    std::vector<LinkedEvent> linked() {
        std::vector<LinkedEvent> all;
        for (const Link& link : outbox().links) all.insert(all.end(), link.events.begin(), link.events.end());
        std::ranges::sort(all, {}, &LinkedEvent::sequence);
        return all;
    }
    std::vector<EventType> types() {
        std::vector<EventType> types;
        for (const LinkedEvent& event : linked()) types.push_back(event.type);
        return types;
    }
    ToldPage page(ToldQuery query) {
        query.merchant = merchant_;
        return wait(events().list(query, soon()));
    }
    static std::vector<std::int32_t> sequences(const ToldPage& page) {
        std::vector<std::int32_t> out;
        for (const ToldEvent& row : page.events) out.push_back(row.of.value().sequence);
        return out;
    }
};

TEST_F(EventsTest, a_settlement_is_an_event_of_its_link) {
    const Operation sale = open_sale();
    EXPECT_THAT(outbox().links, IsEmpty()) << "an intent is none";
    ASSERT_EQ(settle(approved(sale)), SettlementResult::won);
    const auto all = linked();
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].type, EventType::payment_captured);
    EXPECT_EQ(all[0].payment, sale.payment.id);
    EXPECT_EQ(all[0].merchant, merchant_);
    EXPECT_FALSE(all[0].live);
    EXPECT_EQ(all[0].sequence, 1);
    EXPECT_EQ(all[0].operation, sale.attempt.operation);
    EXPECT_EQ(all[0].attempt, 1);
    EXPECT_EQ(all[0].version, 2);
    EXPECT_TRUE(all[0].is_next);
    EXPECT_EQ(stored(sale.payment.id).events, 1);
}

TEST_F(EventsTest, a_change_of_status_without_a_result_keeps_its_document_as_it_was) {
    const Operation sale = open_sale();
    payments::Judgement act{
        .outcome = payments::Outcome::action_required, .psp_reference = {}, .decline = {}, .next_action = {}};
    act.psp_reference = "pi_" + to_string(sale.payment.id);
    act.next_action = payments::NextAction{"https://issuer.example/1"};
    const Settlement waits = judged(sale, act);
    ASSERT_EQ(settle(waits), SettlementResult::won);
    ASSERT_EQ(settle(approved(after(sale, waits))), SettlementResult::won);
    EXPECT_THAT(types(), ElementsAre(EventType::payment_requires_action, EventType::payment_captured));
    relay();
    const auto events = page({}).events;
    ASSERT_THAT(events, SizeIs(2));
    EXPECT_EQ(events[0].body, payments::document(waits.step.payment));
    EXPECT_EQ(events[0].of.value().amount, sale.payment.amount);
    EXPECT_NE(events[1].body.find("captured"), std::string::npos);
}

TEST_F(EventsTest, an_unclear_answer_is_no_event) {
    const Operation sale = open_sale();
    ASSERT_EQ(settle(unknown(sale)), SettlementResult::won);
    EXPECT_THAT(linked(), IsEmpty());
    EXPECT_EQ(stored(sale.payment.id).events, 0);
}

TEST_F(EventsTest, a_repeat_that_opens_the_payment_again_is_one) {
    const Operation sale = open_sale();
    const Settlement failed = not_executed(sale);
    ASSERT_EQ(settle(failed), SettlementResult::won);
    const NextAttempt next = next_attempt(after(sale, failed));
    ASSERT_TRUE(won(wait(store().commit(next, soon()))));
    EXPECT_THAT(types(), ElementsAre(EventType::payment_failed, EventType::payment_pending));
    EXPECT_EQ(stored(sale.payment.id).events, 2);
    relay();
    EXPECT_EQ(page({}).events.back().body, payments::document(stored(sale.payment.id)));
    expect_exact_books();
}

TEST_F(EventsTest, a_modifications_next_attempt_is_none_and_a_stored_refusal_neither) {
    const Payment payment = captured_payment();
    pass_over();
    const Operation refund = open_modification(payment, OperationKind::refund, 400);
    const Settlement failed = not_executed(refund);
    ASSERT_EQ(settle(failed), SettlementResult::won);
    ASSERT_TRUE(won(wait(store().commit(next_attempt(after(refund, failed)), soon()))));
    ASSERT_EQ(wait(store().commit(refusal(stored(payment.id), "refused-" + to_string(payment.id)), soon())),
              RecordResult::won);
    EXPECT_THAT(types(), ElementsAre(EventType::refund_failed));
    EXPECT_EQ(stored(payment.id).events, 2);
}

TEST_F(EventsTest, a_refund_that_failed_later_is_one) {
    const Operation refund = open_modification(captured_payment(), OperationKind::refund, 400);
    Settlement settlement = approved(refund);
    settlement.watch = Watch{Milliseconds(0), Milliseconds(3'600'000)};
    ASSERT_EQ(settle(settlement), SettlementResult::won);
    ASSERT_EQ(wait(store().commit(reversal(settlement.step.payment, refund.attempt), soon())), RecordResult::won);
    EXPECT_THAT(types(),
                ElementsAre(EventType::payment_captured, EventType::refund_succeeded, EventType::refund_failed));
}

TEST_F(EventsTest, what_loses_its_commit_is_none) {
    const Operation sale = open_sale();
    auto other = another_store();
    std::vector<Task<SettlementResult>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back((i % 2 ? store() : *other).commit(approved(sale), soon()));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, SettlementResult::won), 1);
    EXPECT_THAT(linked(), SizeIs(1));
}

TEST_F(EventsTest, links_of_an_older_release_have_none) {
    query(
        "insert into chain_links (writer, link, previous, hash, operation_ids, attempts, sequences, created_at) "
        "select 900, coalesce(max(link), 0) + 1, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), "
        "array[gen_random_uuid()], array[1::smallint], array[2], now() from chain_links where writer = 900");
    const auto all = outbox();
    ASSERT_THAT(all.links, SizeIs(1));
    EXPECT_THAT(all.links[0].events, IsEmpty());
    pass_over();
}

TEST_F(EventsTest, a_document_that_was_lost_stops_the_relay_and_nothing_else) {
    settle(approved(open_sale()));
    const auto hidden =
        "set session_replication_role = replica; update operation_results set version = -version where "
        "link = (select max(link) from chain_links c where c.writer = operation_results.writer)";
    auto admin = connect();
    wait(admin->run(hidden, soon()));
    EXPECT_THROW(outbox(), std::runtime_error);
    EXPECT_EQ(settle(approved(open_sale())), SettlementResult::won);
    wait(admin->run("update operation_results set version = -version where version < 0", soon()));
    EXPECT_THAT(linked(), SizeIs(2));
}

TEST_F(EventsTest, of_two_relays_that_read_the_same_one_writes) {
    settle(approved(open_sale()));
    auto other = another_store();
    const Relayed mine = step(outbox());
    const Relayed theirs = step(wait(other->events().outbox(1000, soon())));
    std::vector<Task<bool>> tasks;
    tasks.push_back(events().relay(mine, soon()));
    tasks.push_back(other->events().relay(theirs, soon()));
    const auto won = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(won, true), 1);
    EXPECT_THAT(outbox().links, IsEmpty());
    EXPECT_THAT(page({}).events, SizeIs(1));
    EXPECT_FALSE(wait(events().relay(mine, soon()))) << "nor when it is sent again, its answer being lost";
}

TEST_F(EventsTest, the_outbox_says_whether_an_event_is_the_next) {
    const Payment payment = captured_payment();
    settle(approved(open_modification(payment, OperationKind::refund, 100)));
    const auto both = linked();
    ASSERT_THAT(both, SizeIs(2));
    EXPECT_TRUE(both[0].is_next);
    EXPECT_FALSE(both[1].is_next) << "the first one is not relayed";
    relay();
    settle(approved(open_modification(stored(payment.id), OperationKind::refund, 100)));
    ASSERT_THAT(linked(), SizeIs(1));
    EXPECT_TRUE(linked()[0].is_next);
}

TEST_F(EventsTest, the_lag_is_the_age_of_the_oldest_link) {
    EXPECT_EQ(wait(events().lag(soon())), Milliseconds(0));
    settle(approved(open_sale()));
    query("select pg_sleep(0.02)");
    EXPECT_GE(wait(events().lag(soon())), Milliseconds(20));
    relay();
    EXPECT_EQ(wait(events().lag(soon())), Milliseconds(0));
}

TEST_F(EventsTest, a_page_is_filtered_and_goes_on_where_it_stopped) {
    const Payment first = captured_payment();
    const Payment second = captured_payment();
    settle(approved(open_modification(first, OperationKind::refund, 100)));
    relay();
    ToldQuery all{.limit = 2};
    const auto one = page(all);
    EXPECT_THAT(sequences(one), ElementsAre(1, 1));
    EXPECT_TRUE(one.has_more);
    auto next = all;
    next.starting_after = one.next_starting_after;
    EXPECT_THAT(sequences(page(next)), ElementsAre(2));
    EXPECT_FALSE(page(next).has_more);

    auto filtered = all;
    filtered.payment = first.id;
    EXPECT_THAT(sequences(page(filtered)), ElementsAre(1, 2));
    filtered.type = "refund.succeeded";
    EXPECT_THAT(sequences(page(filtered)), ElementsAre(2));
    filtered.payment = second.id;
    EXPECT_THAT(page(filtered).events, IsEmpty());
    auto later = all;
    later.created_from = one.events[1].at;
    EXPECT_THAT(sequences(page(later)), ElementsAre(1, 2));
    later.created_from.reset();
    later.created_to = one.events[0].at;
    EXPECT_THAT(sequences(page(later)), ElementsAre(1));
}

TEST_F(EventsTest, one_event_is_found_by_its_own_merchant_and_mode_only) {
    captured_payment();
    relay();
    const auto id = page({}).events.at(0).id;
    EXPECT_TRUE(wait(events().find(merchant_, false, id, soon())));
    EXPECT_FALSE(wait(events().find(merchant_, true, id, soon())));
    const auto another = MerchantId::make(SystemClock().now(), Bucket{78}, false);
    EXPECT_FALSE(wait(events().find(another, false, id, soon())));
    const std::vector<AwaitedEvents> waiters{{merchant_, false, id}, {merchant_, false, {}}, {merchant_, true, {}}};
    EXPECT_THAT(wait(events().are_there_later(waiters, soon())), ElementsAre(false, true, false));
}

}  // namespace
}  // namespace florin::store::test
