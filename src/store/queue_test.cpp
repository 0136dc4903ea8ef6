#include "store/queue.hpp"

#include <gtest/gtest.h>

#include "store/statements.hpp"

namespace florin::store {
namespace {

class Waiting final : public Item {
public:
    explicit Waiting(std::string key) : Item(std::move(key), Deadline::after(Milliseconds(60'000))) {}
};

void push(Queue& queue, Kind kind, std::string key, int times = 1) {
    for (int i = 0; i < times; ++i) queue.push(kind, std::make_shared<Waiting>(key));
}

TEST(QueueTest, judgements_go_before_attempts_and_those_before_intents) {
    Queue queue(100);
    for (const Kind kind : {Kind::intent, Kind::reserve, Kind::record, Kind::next_attempt, Kind::settle}) {
        push(queue, kind, "a");
    }
    for (const Kind kind : {Kind::settle, Kind::next_attempt, Kind::record, Kind::reserve, Kind::intent}) {
        EXPECT_EQ(queue.take(10).kind, kind);
    }
    EXPECT_TRUE(queue.take(10).items.empty());
}

TEST(QueueTest, a_payment_stands_in_a_batch_once_and_batches_are_sorted) {
    Queue queue(100);
    push(queue, Kind::reserve, "b", 2);
    push(queue, Kind::reserve, "a");
    const Batch first = queue.take(10);
    ASSERT_EQ(first.items.size(), 2U);
    EXPECT_EQ(first.items[0]->key, "a");
    EXPECT_EQ(first.items[1]->key, "b");
    EXPECT_EQ(queue.take(10).items.size(), 1U);
}

TEST(QueueTest, many_operations_on_one_payment_do_not_keep_the_others_waiting) {
    Queue queue(1000);
    push(queue, Kind::settle, "one payment", 50);
    push(queue, Kind::reserve, "one payment", 50);
    push(queue, Kind::intent, "a sale");
    push(queue, Kind::settle, "another payment");
    std::vector<Kind> kinds;
    for (int i = 0; i < 6; ++i) kinds.push_back(queue.take(10).kind);
    EXPECT_EQ(kinds,
              (std::vector{Kind::settle, Kind::reserve, Kind::intent, Kind::settle, Kind::reserve, Kind::settle}));
}

TEST(QueueTest, who_shares_a_key_has_its_turn_while_others_keep_coming) {
    Queue queue(1000);
    push(queue, Kind::settle, "one payment", 3);
    int settled = 0;
    for (int i = 0; i < 6; ++i) {
        push(queue, Kind::intent, "sale " + std::to_string(i));
        settled += queue.take(1).kind == Kind::settle;
    }
    EXPECT_EQ(settled, 3);
}

TEST(QueueTest, the_oldest_of_all_lanes_says_how_long_writes_wait) {
    Queue queue(100);
    EXPECT_FALSE(queue.waits_since());
    const auto first = std::make_shared<Waiting>("first");
    const auto second = std::make_shared<Waiting>("second");
    queue.push(Kind::settle, second);
    queue.push(Kind::intent, first);
    EXPECT_EQ(queue.waits_since(), first->made);
    queue.take(1);
    EXPECT_EQ(queue.waits_since(), first->made);
    queue.take(1);
    EXPECT_FALSE(queue.waits_since());
}

TEST(QueueTest, who_waits_for_its_own_payment_does_not_make_the_writers_look_busy) {
    Queue queue(100);
    push(queue, Kind::reserve, "one payment", 3);
    EXPECT_TRUE(queue.waits_since());
    queue.take(10);
    EXPECT_EQ(queue.waiting(), 2U);
    EXPECT_FALSE(queue.waits_since());
    const auto other = std::make_shared<Waiting>("another");
    queue.push(Kind::reserve, other);
    EXPECT_EQ(queue.waits_since(), other->made);
}

}  // namespace
}  // namespace florin::store
