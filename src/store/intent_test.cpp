#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using IntentTest = StoreTest;

TEST_F(IntentTest, what_was_committed_is_read_back_under_its_key) {
    const Operation sale = open_sale(1234);
    const auto stored = wait(store().find_by_key(merchant_, false, sale.key, soon()));
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->fingerprint, sha256(sale.key));
    EXPECT_EQ(stored->payment.id, sale.payment.id);
    EXPECT_EQ(stored->payment.amount, Money(1234, kUsd));
    EXPECT_EQ(stored->payment.metadata, sale.payment.metadata);
    EXPECT_EQ(stored->payment.created_at, sale.payment.created_at);
    EXPECT_EQ(payments::document(stored->payment), payments::document(sale.payment));
    EXPECT_EQ(stored->attempt.operation, sale.attempt.operation);
    EXPECT_EQ(stored->attempt.request, sale.attempt.request);
    EXPECT_EQ(stored->generation, 1);
    EXPECT_FALSE(stored->lease_expired);
    EXPECT_FALSE(stored->result);
}

TEST_F(IntentTest, a_taken_key_loses_and_writes_nothing) {
    const Operation first = open_sale();
    Operation second = new_sale();
    second.key = first.key;
    EXPECT_FALSE(won(wait(store().commit(intent_of(second), soon()))));
    EXPECT_FALSE(wait(store().find_payment(merchant_, false, second.payment.id, soon())));
    EXPECT_THAT(wait(store().operations_of(second.payment.id, soon())), ::testing::IsEmpty());
}

TEST_F(IntentTest, a_key_belongs_to_one_merchant_and_one_mode) {
    const Operation first = open_sale();
    Operation other = make_sale(MerchantId::make(SystemClock().now(), Bucket{78}, false));
    other.key = first.key;
    EXPECT_TRUE(won(wait(store().commit(intent_of(other), soon()))));
    Operation live = new_sale();
    live.key = first.key;
    live.payment.live = true;
    EXPECT_TRUE(won(wait(store().commit(intent_of(live), soon()))));
    EXPECT_FALSE(wait(store().find_payment(merchant_, true, first.payment.id, soon())));
}

TEST_F(IntentTest, of_many_with_one_key_in_one_batch_exactly_one_wins) {
    const std::string key = new_sale().key;
    std::vector<Task<IntentResult>> tasks;
    for (int i = 0; i < 60; ++i) {
        Operation sale = new_sale();
        sale.key = i % 3 == 0 ? sale.key : key;
        tasks.push_back(store().commit(intent_of(sale), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return won(result); }), 21);
}

TEST_F(IntentTest, two_processes_race_on_the_same_keys_and_one_wins_each) {
    auto other = another_store();
    std::vector<Task<IntentResult>> tasks;
    for (int i = 0; i < 100; ++i) {
        Operation here = new_sale();
        Operation there = new_sale();
        there.key = here.key;
        tasks.push_back(store().commit(intent_of(here), soon()));
        tasks.push_back(other->commit(intent_of(there), soon()));
    }
    const auto results = wait_all(std::move(tasks));
    for (std::size_t i = 0; i < results.size(); i += 2) EXPECT_NE(won(results[i]), won(results[i + 1]));
}

TEST_F(IntentTest, a_data_error_fails_its_own_item_only) {
    std::vector<Task<IntentResult>> tasks;
    for (int i = 0; i < 20; ++i) tasks.push_back(store().commit(intent_of(new_sale()), soon()));
    Operation bad = new_sale();
    bad.payment.amount = Money(-1, kUsd);
    auto failing = [](Store& store, Intent intent) -> Task<IntentResult> {
        try {
            co_await store.commit(std::move(intent), soon());
        } catch (const postgres::SqlError& error) {
            EXPECT_EQ(error.sqlstate(), "23514");
            co_return KeyTaken{};
        }
        ADD_FAILURE() << "a negative amount was stored";
        co_return KeyTaken{};
    };
    tasks.push_back(failing(store(), intent_of(bad)));
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count_if(results, [](const auto& result) { return won(result); }), 20);
}

TEST_F(IntentTest, a_full_queue_claims_nothing) {
    auto small = another_store({.queue = 2});
    std::vector<Task<IntentResult>> tasks;
    tasks.push_back(small->commit(intent_of(new_sale()), soon()));
    tasks.push_back(small->commit(intent_of(new_sale()), soon()));
    EXPECT_THROW(static_cast<void>(small->commit(intent_of(new_sale()), soon())), QueueFull);
    EXPECT_EQ(wait_all(std::move(tasks)).size(), 2U);
}

}  // namespace
}  // namespace florin::store::test
