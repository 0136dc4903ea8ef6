// Many sales at once through two stores with two writers each.
#include <gmock/gmock.h>

#include "store/store_fixture.hpp"

namespace florin::store::test {
namespace {

using LoadTest = StoreTest;

Task<SettlementResult> whole_sale(Store& first, Store& second, Operation sale) {
    if (!won(co_await first.commit(intent_of(sale), soon()))) throw std::runtime_error("the key was taken");
    co_return co_await second.commit(approved(sale), soon());
}

TEST_F(LoadTest, two_thousand_sales_at_once_are_each_written_once_and_the_books_are_exact) {
    auto other = another_store();
    store();
    const auto before = count("select count(*) from operation_results");
    std::vector<Task<SettlementResult>> tasks;
    for (int i = 0; i < 2000; ++i) {
        Store& first = i % 2 ? store() : *other;
        Store& second = i % 3 ? store() : *other;
        tasks.push_back(whole_sale(first, second, new_sale(1000 + 200 * i)));
    }
    const auto results = wait_all(std::move(tasks));
    EXPECT_EQ(std::ranges::count(results, SettlementResult::won), 2000);
    EXPECT_EQ(count("select count(*) from operation_results"), before + 2000);
    const auto balance = wait(store().balance_of(merchant_, false, soon()));
    ASSERT_EQ(balance.size(), 1U);
    // 3.5 % of these amounts are whole cents.
    EXPECT_EQ(balance[0].balance,
              -count("select sum(amount - amount * 35 / 1000 - 40)::int8 from payments where merchant_id = '" +
                     to_string(merchant_.uuid()) + "'"));
    expect_exact_books();
}

TEST_F(LoadTest, drain_waits_for_everything) {
    std::vector<Task<IntentResult>> tasks;
    for (int i = 0; i < 300; ++i) tasks.push_back(store().commit(intent_of(new_sale()), soon()));
    for (auto& task : tasks)
        boost::asio::co_spawn(loop_, std::move(task), [](std::exception_ptr, const IntentResult&) {});
    wait(store().drain(soon()));
    EXPECT_EQ(count("select count(*) from payments where merchant_id = '" + to_string(merchant_.uuid()) + "'"), 300);
}

}  // namespace
}  // namespace florin::store::test
