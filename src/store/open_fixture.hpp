// What stays open, seen by who may take it.
#pragma once

#include "store/store_fixture.hpp"

namespace florin::store::test {

class OpenTest : public StoreTest {
protected:
    // The row of the sale, after a statement that ages it.
    void age(const Operation& sale, const std::string& set) {
        query("update open_operations set " + set + " where operation_id = '" +
              to_string(sale.attempt.operation.uuid()) + "'");
    }
    std::int64_t row(const Operation& sale, const std::string& expression) {
        return count("select (" + expression + ")::int8 from open_operations where operation_id = '" +
                     to_string(sale.attempt.operation.uuid()) + "'");
    }
    std::optional<Taken> take(const Operation& sale, Store::Ages ages = kAges) {
        return wait(store().take(sale.attempt.operation, ages, kDurations, soon()));
    }
    Operation abandoned_sale() {
        Operation sale = open_sale();
        age(sale, "lease_until = now() - interval '1 s', next_try = now() - interval '1 s'");
        return sale;
    }
    Operation failed_sale() {
        const Operation sale = open_sale();
        const Settlement settlement = not_executed(sale);
        EXPECT_EQ(wait(store().commit(settlement, soon())), SettlementResult::won);
        return after(sale, settlement);
    }
};

}  // namespace florin::store::test
