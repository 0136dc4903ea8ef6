#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ListTest : public StoreTest {
protected:
    std::vector<PaymentId> open_sales(int count) {
        std::vector<PaymentId> ids;
        std::vector<Task<IntentResult>> tasks;
        for (int i = 0; i < count; ++i) {
            const Operation sale = new_sale(100 + i);
            ids.insert(ids.begin(), sale.payment.id);
            tasks.push_back(store().commit(intent_of(sale), soon()));
        }
        wait_all(std::move(tasks));
        return ids;
    }
    ListQuery query_of(int limit) const { return {merchant_, false, limit, {}, {}, {}, {}, {}}; }
};

TEST_F(ListTest, pages_are_newest_first_without_gap_or_repetition) {
    const auto ids = open_sales(25);
    std::vector<PaymentId> seen;
    ListQuery query = query_of(10);
    for (int pages = 1;; ++pages) {
        const Page page = wait(store().list(query, soon()));
        for (const auto& payment : page.payments) seen.push_back(payment.id);
        if (!page.has_more) {
            EXPECT_EQ(pages, 3);
            EXPECT_FALSE(page.next_starting_after);
            break;
        }
        EXPECT_THAT(page.payments, SizeIs(10));
        query.starting_after = page.next_starting_after;
    }
    EXPECT_EQ(seen, ids);
}

TEST_F(ListTest, a_full_last_page_says_that_nothing_follows) {
    open_sales(10);
    EXPECT_FALSE(wait(store().list(query_of(10), soon())).has_more);
    EXPECT_TRUE(wait(store().list(query_of(9), soon())).has_more);
}

TEST_F(ListTest, others_see_nothing) {
    open_sales(3);
    ListQuery query = query_of(10);
    query.live = true;
    EXPECT_THAT(wait(store().list(query, soon())).payments, IsEmpty());
    query = query_of(10);
    query.merchant = MerchantId::make(SystemClock().now(), Bucket{79}, false);
    EXPECT_THAT(wait(store().list(query, soon())).payments, IsEmpty());
}

TEST_F(ListTest, a_filter_looks_at_a_bounded_number_of_rows_and_says_where_it_stopped) {
    const auto ids = open_sales(600);
    ListQuery query = query_of(10);
    query.currency = "EUR";
    const Page first = wait(store().list(query, soon()));
    EXPECT_THAT(first.payments, IsEmpty());
    EXPECT_TRUE(first.has_more);
    EXPECT_EQ(first.next_starting_after, ids[499]);
    query.starting_after = first.next_starting_after;
    EXPECT_FALSE(wait(store().list(query, soon())).has_more);

    query = query_of(10);
    query.status = payments::Status::pending;
    query.currency = "USD";
    const Page match = wait(store().list(query, soon()));
    EXPECT_THAT(match.payments, SizeIs(10));
    EXPECT_EQ(match.next_starting_after, ids[9]);
}

TEST_F(ListTest, times_bound_the_page_on_both_sides) {
    const auto ids = open_sales(5);
    const auto all = wait(store().list(query_of(10), soon())).payments;
    ListQuery query = query_of(10);
    query.created_from = all[3].created_at;
    query.created_to = all[1].created_at;
    const auto some = wait(store().list(query, soon())).payments;
    ASSERT_THAT(some, SizeIs(3));
    EXPECT_EQ(some.front().id, ids[1]);
    EXPECT_EQ(some.back().id, ids[3]);
    query.created_from = SystemClock().now() + std::chrono::hours(1);
    query.created_to.reset();
    EXPECT_THAT(wait(store().list(query, soon())).payments, IsEmpty());
}

}  // namespace
}  // namespace florin::store::test
